import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/** A lock that wasn't touched for so long was left behind by a crash, whoever has its process id now. */
const STALE_AFTER_MS = 30_000;
const TOUCH_EVERY_MS = 5000;

/**
 * Takes a folder for this process until the returned function is called.
 * @throws StartError when another system has it.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'lock');
  if (!create(file)) {
    const owner = ownerOf(file);
    if (owner !== undefined) {
      throw new StartError(
        `A system already runs in the folder ${folder} (process ${owner}): use it, or end it with Ctrl-C or kill ${owner} and start again.`,
      );
    }
    rmSync(file, { force: true });
    if (!create(file))
      throw new StartError(`Another system is just starting in the folder ${folder}: use it.`);
  }
  const touching = setInterval(() => utimesSync(file, new Date(), new Date()), TOUCH_EVERY_MS).unref();
  return () => {
    clearInterval(touching);
    rmSync(file, { force: true });
  };
}

function create(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** The process that holds a lock; undefined when the lock was left behind. */
function ownerOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const fresh = Date.now() - statSync(file).mtimeMs < STALE_AFTER_MS;
    return fresh && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
