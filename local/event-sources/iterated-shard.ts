import { AwsCallError } from '../aws/aws-json-call.ts';
import type { ReadResult, ShardPosition, ShardReader, StreamRecord } from './shard-source.ts';

export interface IteratedShardOptions {
  position: ShardPosition;
  openIterator(position: ShardPosition): Promise<string>;
  /** Reads records; without `next` the shard has been read to its end. */
  getRecords(
    iterator: string,
    limit: number,
  ): Promise<{ records: StreamRecord[]; next: string | null | undefined }>;
  /** Whether the shard accepts no more records, or no longer exists. */
  isClosed(): Promise<boolean>;
}

/** Exceptions that mean that the record of the checkpoint does not exist, or no longer. */
const LOST_PLACE = new Set([
  'InvalidArgumentException',
  'ResourceNotFoundException',
  'TrimmedDataAccessException',
]);

/**
 * DynamoDB Local sometimes throws this for the first records of a new stream, and reads them from
 * the same position the next time.
 */
function againIfTrimmed(cause: unknown): { records: StreamRecord[]; next: undefined } {
  if (!(cause instanceof AwsCallError && cause.name === 'TrimmedDataAccessException')) throw cause;
  return { records: [], next: undefined };
}

/**
 * Reads a shard with iterators of Kinesis or DynamoDB streams. A failed iterator is replaced. If
 * the stream no longer has the checkpoint's record (a crash lost the stream but not the
 * checkpoint), reading restarts from the beginning: at least once.
 */
export function iteratedShard(options: IteratedShardOptions): ShardReader {
  let position = options.position;
  let iterator: string | undefined;

  async function openIterator(): Promise<string> {
    try {
      return await options.openIterator(position);
    } catch (cause) {
      const lost = cause instanceof AwsCallError && LOST_PLACE.has(cause.name);
      if (!lost || typeof position === 'string') throw cause;
      position = 'TRIM_HORIZON';
      return options.openIterator(position);
    }
  }

  return {
    async read(limit): Promise<ReadResult> {
      const given = iterator ?? (await openIterator());
      iterator = undefined;
      const { records, next } = await options.getRecords(given, limit).catch(againIfTrimmed);
      const last = records.at(-1);
      if (last) position = { after: last.sequenceNumber };
      iterator = next ?? undefined;
      return { records, ended: iterator === undefined && (await options.isClosed()) };
    },
  };
}
