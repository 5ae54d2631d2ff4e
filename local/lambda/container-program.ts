import { fileURLToPath } from 'node:url';
import { buildSync, stop } from 'esbuild';

let program: string | undefined;

/**
 * The program of a container as one JavaScript module. Made once: a process that has to strip types
 * by itself takes 19 MB more, and several times as long to start.
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
  // Otherwise a process and a thread of esbuild stay for more to build.
  void stop();
  return outputFiles[0]!.text;
}
