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
  /** The stream says that the shard takes no more records, or knows it no more. */
  isClosed(): Promise<boolean>;
}

/** Exceptions that say that the record to go on after isn't there (any more). */
const LOST_PLACE = new Set([
  'InvalidArgumentException',
  'ResourceNotFoundException',
  'TrimmedDataAccessException',
]);

/**
 * DynamoDB Local says so of the first records of a new stream now and then; from the same place it
 * reads them the next time.
 */
function againIfTrimmed(cause: unknown): { records: StreamRecord[]; next: undefined } {
  if (!(cause instanceof AwsCallError && cause.name === 'TrimmedDataAccessException')) throw cause;
  return { records: [], next: undefined };
}

/**
 * Reads a shard by iterators, as Kinesis and DynamoDB streams have them. An iterator that fails is
 * replaced; a place that the stream no longer knows (the stream was lost in a crash, the checkpoint
 * wasn't) makes it read from the beginning: at least once.
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
