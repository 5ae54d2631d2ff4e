import { fileURLToPath } from 'node:url';
import { buildSync, stop } from 'esbuild';

let program: string | undefined;

/**
 * The program of a container as one JavaScript module. Built once, because a process that strips
 * types itself needs 19 MB more and several times as long to start.
 */
export function containerProgram(): string {
  program ??= build();
  return program;
}

function build(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('container-main.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  });
  // Stops the process and the thread of esbuild, which would otherwise wait for further builds.
  void stop();
  return outputFiles[0]!.text;
}
