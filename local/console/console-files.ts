import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FolderInUse, lockFolder } from '../../core/folder-lock.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All that the console's files are made of. */
const SOURCES = [
  'web/**/*',
  'scripts/build-web.ts',
  'scripts/web/*',
  'core/{errors.ts,time,policy}/**',
  'core/errors.ts',
  'package-lock.json',
];

/** Builds of other sources that are kept, so that a system that still runs goes on serving its own. */
const KEPT_BUILDS = 3;

export interface ConsoleFilesOptions {
  /** Folder of all builds; by default in `node_modules/.cache`, so that `npm ci` clears it. */
  cache?: string;
  /** Gets a sentence when the console has to be built first. */
  onBuild?: () => void;
}

/**
 * The folder with the console's built files: built when there is none of these sources yet, once at a time on this machine. A
 * build becomes visible whole or not at all.
 * @throws Error with what the build printed, when it fails
 */
export async function consoleFiles(options: ConsoleFilesOptions = {}): Promise<string> {
  const { cache = join(ROOT, 'node_modules/.cache/patronus-console'), onBuild = () => {} } = options;
  const folder = join(cache, await hashOfSources());
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const release = await waitForLock(cache);
  try {
    if (existsSync(folder)) return folder;
    onBuild();
    await build(`${folder}.new`);
    await rename(`${folder}.new`, folder);
    await removeOldBuilds(cache);
    return folder;
  } finally {
    release();
  }
}

async function hashOfSources(): Promise<string> {
  const files = globSync(SOURCES, { cwd: ROOT, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of new Set(files))
    hash
      .update(file.slice(ROOT.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Two systems that start at once build once. */
async function waitForLock(folder: string): Promise<() => void> {
  for (;;) {
    try {
      return await lockFolder(folder);
    } catch (cause) {
      if (!(cause instanceof FolderInUse)) throw cause;
      await delay(200);
    }
  }
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
  if (code !== 0) throw new Error(`The console can't be built:\n${output.trim()}`);
}

async function removeOldBuilds(cache: string): Promise<void> {
  const builds = (await readdir(cache, { withFileTypes: true })).filter(entry => entry.isDirectory());
  const dated = await Promise.all(
    builds.map(async ({ name }) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT_BUILDS);
  await Promise.all(old.map(({ name }) => rm(join(cache, name), { recursive: true, force: true })));
}
