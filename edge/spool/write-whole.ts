import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The file system calls of a spool; tests make them fail. */
export interface SpoolFiles {
  mkdir(folder: string, options: { recursive: true }): Promise<unknown>;
  open: typeof open;
  readdir(folder: string): Promise<string[]>;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: true }): Promise<void>;
  stat(path: string): Promise<{ mtimeMs: number }>;
}

export const SPOOL_FILES: SpoolFiles = { mkdir, open, readdir, readFile, rename, rm, stat };

/**
 * Replaces a file atomically: the text is written to another file, flushed to the disk and then
 * renamed, so that a kill or a power failure at any moment leaves either the old or the new text. A
 * failure leaves the old text, and no partial file.
 *
 * @throws NodeJS.ErrnoException
 */
export async function writeWhole(path: string, text: string, files: SpoolFiles = SPOOL_FILES): Promise<void> {
  const beside = `${path}.tmp`;
  try {
    const file = await files.open(beside, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(beside, path);
  } catch (cause) {
    // On a full disk, a partial file would occupy space that others need.
    await files.rm(beside, { force: true }).catch(() => {});
    throw cause;
  }
  await syncFolder(dirname(path), files);
}

// The rename is on the disk only after the folder is flushed. Systems that can't open a folder
// flush it themselves.
async function syncFolder(folder: string, files: SpoolFiles): Promise<void> {
  const handle = await files.open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch (cause) {
    if (!['EPERM', 'EINVAL', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  } finally {
    await handle?.close();
  }
}
