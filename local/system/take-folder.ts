import { mkdir } from 'node:fs/promises';
import { FolderInUse, FolderLockError, lockFolder } from '../../core/folder-lock.ts';
import { StartError } from './start-error.ts';

/**
 * Takes a folder, made when missing, for this system until the returned function is called.
 * @throws StartError when another system has it, or it can't be locked.
 */
export async function takeFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true });
  try {
    return await lockFolder(folder);
  } catch (cause) {
    if (cause instanceof FolderInUse) throw new StartError(inUse(folder, cause), { cause });
    if (cause instanceof FolderLockError) throw new StartError(cause.message, { cause });
    throw cause;
  }
}

function inUse(folder: string, { heldBy, pid }: FolderInUse): string {
  const way = pid === undefined ? 'where it runs' : `with Ctrl-C or kill ${pid}`;
  return `A system already runs in the folder ${folder} (${heldBy}): use it, or end it ${way} and start again.`;
}
