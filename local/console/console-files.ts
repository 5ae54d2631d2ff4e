import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultCache, keptBuild } from '../kept-builds/kept-build.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All sources of the console's files. */
const SOURCES = [
  'web/**/*',
  'scripts/build-web.ts',
  'scripts/web/*',
  'core/{errors.ts,time,policy}/**',
  'core/errors.ts',
  'package-lock.json',
];

export interface ConsoleFilesOptions {
  /** Called when the console has to be built first. */
  onBuild?: () => void;
}

/**
 * The folder with the console's built files. They are built if there is no build of these sources
 * yet.
 * @throws Error with the build's output if it fails
 */
export function consoleFiles({ onBuild = () => {} }: ConsoleFilesOptions = {}): Promise<string> {
  return keptBuild({
    cache: defaultCache('patronus-console'),
    sources: SOURCES,
    build(folder) {
      onBuild();
      return build(folder);
    },
  });
}

async function build(folder: string): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/build-web.ts'), '--out', folder], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`The console could not be built:\n${output.trim()}`);
}
