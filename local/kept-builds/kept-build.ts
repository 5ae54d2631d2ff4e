import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FolderInUse, lockFolder } from '../../core/folder-lock.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Number of other builds that are kept, so that a running system can continue with its own. */
const KEPT_BUILDS = 5;

export interface BuildOptions {
  /** Folder of all builds of this kind; `defaultCache` names one. */
  cache: string;
  /** Patterns of all source files of the build. */
  sources: readonly string[];
  /** Other inputs of the build. */
  settings?: string;
  /** Makes the build in a folder that does not exist yet. */
  build(folder: string): Promise<void>;
}

/** A folder for builds that `npm ci` clears. */
export function defaultCache(name: string): string {
  return join(ROOT, 'node_modules/.cache', name);
}

/**
 * The folder of a build, which is made if there is no build of these sources yet; only one at a
 * time on this machine. A build becomes visible atomically.
 * @throws the error of `build`
 */
export async function keptBuild({ cache, sources, settings = '', build }: BuildOptions): Promise<string> {
  const folder = join(cache, await hashOf(sources, settings));
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const release = await waitForLock(cache);
  try {
    if (existsSync(folder)) return folder;
    await rm(`${folder}.new`, { recursive: true, force: true });
    await build(`${folder}.new`);
    await rename(`${folder}.new`, folder);
    await removeOldBuilds(cache);
    return folder;
  } finally {
    release();
  }
}

async function hashOf(sources: readonly string[], settings: string): Promise<string> {
  const files = globSync(sources, { cwd: ROOT, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256').update(settings).update('\0');
  for (const file of new Set(files))
    hash
      .update(file.slice(ROOT.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** If two systems start at the same time, only one builds. */
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

async function removeOldBuilds(cache: string): Promise<void> {
  const builds = (await readdir(cache, { withFileTypes: true })).filter(entry => entry.isDirectory());
  const dated = await Promise.all(
    builds.map(async ({ name }) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT_BUILDS);
  await Promise.all(old.map(({ name }) => rm(join(cache, name), { recursive: true, force: true })));
}
