import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

/** A module with all its imported code of the project, without libraries, compressed. */
export async function packedCode(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    packages: 'external',
    write: false,
  });
  return brotliCompressSync(outputFiles[0]!.contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
}
