import { mkdir } from 'node:fs/promises';
import { FolderInUse, FolderLockError, lockFolder } from '../../core/folder-lock.ts';
import { StartError } from './start-error.ts';

/**
 * Locks a folder, created if missing, for this system until the returned function is called or the
 * process exits.
 * @param option the option of `npm start` that chooses the folder
 * @throws StartError if another system has it, if it can't be locked, or if it is not a writable
 * folder
 */
export async function takeFolder(folder: string, option: '--data' | '--system'): Promise<() => void> {
  try {
    await mkdir(folder, { recursive: true });
    const release = await lockFolder(folder);
    process.once('exit', release);
    return () => {
      process.off('exit', release);
      release();
    };
  } catch (cause) {
    if (cause instanceof FolderInUse) throw new StartError(inUse(folder, cause), { cause });
    if (cause instanceof FolderLockError) throw new StartError(cause.message, { cause });
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    const another = `choose another one with npm start -- ${option} FOLDER.`;
    throw new StartError(`${problemOf(code, folder)}: ${another}`, { cause });
  }
}

function problemOf(code: string, folder: string): string {
  if (code === 'EEXIST' || code === 'ENOTDIR') return `${folder} is not a folder, or is inside a file`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `This user is not allowed to write in the folder ${folder}`;
  }
  return `The folder ${folder} can't be used (${code})`;
}

function inUse(folder: string, { heldBy, pid }: FolderInUse): string {
  const way = pid === undefined ? 'where it runs' : `with Ctrl-C or kill ${pid}`;
  return `A system already runs in the folder ${folder} (${heldBy}): use it, or stop it ${way} and start again.`;
}
