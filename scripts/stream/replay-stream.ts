import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandInput,
  type _Record as Record_,
} from '@aws-sdk/client-kinesis';
import { backoffMs } from '../../core/storage/backoff.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import type { ReplayEvent } from '../../functions/ingest/replay-event.ts';
import { batchesOf, replayEvent } from './replay-event.ts';

/** The progress of each shard: the sequence number of the last processed record. */
export type ReplayCheckpoint = Record<string, string>;

export interface ReplayOptions {
  kinesis: KinesisClient;
  stream: string;
  /** Records that arrived from here on … */
  from_ms: number;
  /** … and before here. */
  to_ms: number;
  /** Runs ingest on records of one shard. @returns the sequence numbers that are not applied yet */
  invoke(event: ReplayEvent): Promise<readonly string[]>;
  /** The progress of an earlier run. */
  checkpoint?: ReplayCheckpoint;
  /** Stores the progress of this run; called after every batch. */
  onCheckpoint?(checkpoint: ReplayCheckpoint): Promise<void>;
  onProgress?(progress: ReplayProgress): void;
  /**
   * Pause between two reads of a shard, because ingest reads it too, and all readers share five
   * reads a second.
   */
  pause_ms: number;
  sleep(ms: number): Promise<void>;
  random(): number;
  signal?: AbortSignal;
}

export interface ReplayProgress {
  /** Records that ingest processed in this run. */
  records: number;
  /** Share of the time from `from_ms` to `to_ms` that is done, 0 to 1, over all shards. */
  done: number;
}

/** Attempts for the same record without progress: with back-off about five minutes. */
const MAX_TRIES = 12;

/** Kinesis answers a read with at most 10 MB. */
const RECORDS_A_READ = 1000;

/**
 * Sends the stream's records of a time to ingest again, shard by shard in the order of their start.
 * Only reports that were not counted before change counts: totals and `seq` show what is new.
 *
 * @returns the number of records that ingest processed in this run; fewer than all if `signal` was
 * aborted
 * @throws EdgeError for records that ingest can't process after all attempts
 */
export async function replayStream(options: ReplayOptions): Promise<number> {
  const checkpoint: ReplayCheckpoint = { ...options.checkpoint };
  const shards = await listShards(options);
  let records = 0;
  for (const [index, shard_id] of shards.entries()) {
    for await (const batch of shardBatches(options, shard_id, checkpoint[shard_id])) {
      await applyBatch(options, shard_id, batch);
      const last = batch.at(-1)!;
      checkpoint[shard_id] = last.SequenceNumber!;
      records += batch.length;
      await options.onCheckpoint?.(checkpoint);
      const within = (arrivalOf(last) - options.from_ms) / (options.to_ms - options.from_ms);
      options.onProgress?.({ records, done: (index + within) / shards.length });
      if (options.signal?.aborted) return records;
    }
  }
  return records;
}

async function listShards({ kinesis, stream }: ReplayOptions): Promise<string[]> {
  const shards: string[] = [];
  let input: ListShardsCommandInput = { StreamName: stream };
  for (;;) {
    const { Shards = [], NextToken } = await kinesis.send(new ListShardsCommand(input));
    shards.push(...Shards.map(({ ShardId }) => ShardId!));
    if (NextToken === undefined) return shards.sort();
    input = { NextToken };
  }
}

/** The records of a shard that arrived in the given time, in batches for one invocation each. */
async function* shardBatches(
  options: ReplayOptions,
  shard_id: string,
  after: string | undefined,
): AsyncGenerator<Record_[]> {
  const { from_ms, to_ms, pause_ms, sleep, signal } = options;
  let last = after;
  let iterator = await iteratorAt(options, shard_id, last);
  while (iterator !== undefined && !signal?.aborted) {
    let answer: GetRecordsCommandOutput;
    try {
      answer = await options.kinesis.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: RECORDS_A_READ }),
      );
    } catch (cause) {
      if (!(cause instanceof ExpiredIteratorException)) throw cause;
      iterator = await iteratorAt(options, shard_id, last);
      continue;
    }
    const { Records = [], NextShardIterator, MillisBehindLatest } = answer;
    // The iterator of a time may start slightly too early.
    const wanted = Records.filter(record => arrivalOf(record) >= from_ms && arrivalOf(record) < to_ms);
    for (const batch of batchesOf(wanted)) {
      yield batch;
      last = batch.at(-1)!.SequenceNumber!;
    }
    const isPast = Records.some(record => arrivalOf(record) >= to_ms);
    if (isPast || MillisBehindLatest === 0) return;
    iterator = NextShardIterator;
    await sleep(pause_ms);
  }
}

async function iteratorAt(
  { kinesis, stream, from_ms }: ReplayOptions,
  shard_id: string,
  after: string | undefined,
): Promise<string | undefined> {
  const place: Omit<GetShardIteratorCommandInput, 'ShardId'> =
    after === undefined
      ? { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(from_ms) }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after };
  const input = { StreamName: stream, ShardId: shard_id, ...place };
  const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(input));
  return ShardIterator;
}

async function applyBatch(options: ReplayOptions, shard_id: string, batch: Record_[]): Promise<void> {
  let open = batch;
  for (let tries = 0; open.length > 0; tries++) {
    const failed = await options.invoke(replayEvent(shard_id, open));
    const first = open.findIndex(record => failed.includes(record.SequenceNumber!));
    if (first < 0) return;
    if (first > 0) tries = 0;
    open = open.slice(first);
    if (tries + 1 >= MAX_TRIES) {
      throw new EdgeError(
        `Ingest does not accept record ${open[0]!.SequenceNumber} of ${shard_id}: see the log of the ingest function. Repeat the same command to continue from there.`,
      );
    }
    await options.sleep(backoffMs(tries, { random: options.random, baseMs: 500, capMs: 60_000 }));
  }
}

function arrivalOf(record: Record_): number {
  return record.ApproximateArrivalTimestamp!.getTime();
}
