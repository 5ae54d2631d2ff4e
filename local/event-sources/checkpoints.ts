import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The checkpoint of a shard that has been read to its end. */
export const SHARD_END = 'SHARD_END';

/** The progress in each shard of an event source. */
export interface Checkpoints {
  /** The last processed sequence number, or {@link SHARD_END}. */
  get(shardId: string): string | undefined;
  set(shardId: string, sequenceNumber: string): Promise<void>;
}

export function memoryCheckpoints(): Checkpoints {
  const places = new Map<string, string>();
  return {
    get: shardId => places.get(shardId),
    async set(shardId, sequenceNumber) {
      places.set(shardId, sequenceNumber);
    },
  };
}

/** Checkpoints in a file, so that the next run continues where this one ended. */
export async function fileCheckpoints(file: string): Promise<Checkpoints> {
  const places = new Map(Object.entries(await readPlaces(file)));
  await mkdir(dirname(file), { recursive: true });
  let writing = Promise.resolve();
  return {
    get: shardId => places.get(shardId),
    set(shardId, sequenceNumber) {
      places.set(shardId, sequenceNumber);
      writing = writing.then(async () => {
        await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(places)));
        await rename(`${file}.new`, file);
      });
      return writing;
    },
  };
}

async function readPlaces(file: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
}
