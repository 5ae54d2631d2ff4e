import { join } from 'node:path';
import { z } from 'zod';
import { FolderInUse, FolderLockError, lockFolder } from '../../core/folder-lock.ts';

import { type Spool, type SpoolEntry, SpoolError } from './spool.ts';
import { SPOOL_FILES, type SpoolFiles, writeWhole } from './write-whole.ts';

const FILE_NAME = /^(\d{12})\.json$/;

const entryFile = z.object({
  v: z.literal(1),
  destination: z.string(),
  edge_id: z.string(),
  boot_id: z.string(),
  seq: z.number(),
  records: z.array(z.base64()),
});

/**
 * A spool in a folder, which only one process at a time may use. A slot is a file that is written
 * under another name, flushed to the disk and then renamed, so that a kill at any moment leaves
 * either the old or the new file. An unreadable file is set aside.
 *
 * @throws SpoolError if the folder can't be created or written, or if another process uses it
 */
export async function openDiskSpool(
  folder: string,
  {
    onTrouble = () => {},
    files = SPOOL_FILES,
  }: { onTrouble?: (message: string) => void; files?: SpoolFiles } = {},
): Promise<Spool> {
  await guard(folder, () => files.mkdir(folder, { recursive: true }));
  const unlock = await guard(folder, () => lockFolder(folder));

  async function read(name: string): Promise<SpoolEntry | undefined> {
    const path = join(folder, name);
    try {
      const { v: _, records, ...entry } = entryFile.parse(JSON.parse(await files.readFile(path, 'utf8')));
      return { ...entry, records: records.map(text => Buffer.from(text, 'base64')) };
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause) throw cause;
      await files.rename(path, `${path}.unreadable`);
      onTrouble(`An unsent report could not be read and was set aside as ${name}.unreadable in ${folder}.`);
      return undefined;
    }
  }

  return {
    list: () =>
      guard(folder, async () => {
        const slots = new Map<number, SpoolEntry>();
        for (const name of (await files.readdir(folder)).sort()) {
          const slot = FILE_NAME.exec(name)?.[1];
          const entry = slot && (await read(name));
          if (entry) slots.set(Number(slot), entry);
        }
        return slots;
      }),
    write: (slot, entry) => guard(folder, () => writeEntry(join(folder, fileName(slot)), entry, files)),
    remove: slot => guard(folder, () => files.rm(join(folder, fileName(slot)), { force: true })),
    close: async () => unlock(),
  };
}

function fileName(slot: number): string {
  return `${slot}`.padStart(12, '0').concat('.json');
}

async function writeEntry(path: string, entry: SpoolEntry, files: SpoolFiles): Promise<void> {
  const records = entry.records.map(record => Buffer.from(record).toString('base64'));
  await writeWhole(path, JSON.stringify({ v: 1, ...entry, records }), files);
}

async function guard<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof FolderInUse) {
      const { heldBy } = cause;
      throw new SpoolError(
        `${heldBy[0]!.toUpperCase()}${heldBy.slice(1)} already reports for this edge from ${folder}: stop it, or use another --edge-id or --spool.`,
        { cause },
      );
    }
    if (cause instanceof FolderLockError) {
      throw new SpoolError(`${cause.message} Use --spool for another folder.`, { cause });
    }
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new SpoolError(
      `The folder ${folder} for unsent reports can't be used (${code}): free space or correct its permissions, or use another one with --spool.`,
      { cause },
    );
  }
}
