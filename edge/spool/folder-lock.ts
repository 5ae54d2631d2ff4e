import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SpoolError } from './spool.ts';

/**
 * Takes a folder for this process; the lock of a process that is gone is taken over.
 *
 * @returns a function that gives it free
 * @throws SpoolError when a living process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), id: randomUUID() });
  const draft = join(folder, `lock.${process.pid}.${randomUUID()}`);
  await writeFile(draft, mine);
  try {
    while (!(await linked(draft, path))) await removeStale(folder, path);
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if ((await content(path)) === mine) await rm(path, { force: true });
  };
}

// A hard link is made whole or not at all, so that nobody reads half a lock.
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

async function removeStale(folder: string, path: string): Promise<void> {
  const found = await content(path);
  if (found === undefined) return;
  const { pid, started } = parse(found);
  if (pid !== undefined && isAlive(pid) && startOf(pid) === started) {
    throw new SpoolError(
      `Process ${pid} already reports for this edge from ${folder}: stop it, or give this one another --edge-id or --spool.`,
    );
  }
  // Two may find it stale at once: the one that moved a fresh lock away puts it back.
  const aside = join(folder, `lock.stale.${randomUUID()}`);
  await rename(path, aside).catch(ignoreMissing);
  const moved = await content(aside);
  if (moved !== undefined && moved !== found) await linked(aside, path);
  await rm(aside, { force: true });
}

async function content(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(ignoreMissing);
}

function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

function parse(text: string): { pid?: number; started?: string | null } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
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

/**
 * Tells a process from a later one with the same id, as after a reboot: the machine's boot and the process's start in
 * it, where the system shows them (Linux), else null.
 */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}
