import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let program: string | undefined;

/**
 * The program of a container as one JavaScript module. Made once: a process that has to strip types by itself takes 19 MB more, and
 * several times as long to start.
 */
export function containerProgram(): string {
  program ??= buildSync({
    entryPoints: [fileURLToPath(new URL('container-main.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  }).outputFiles[0]!.text;
  return program;
}
