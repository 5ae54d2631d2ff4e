import { mkdir, open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeptDataError } from './kept-data-error.ts';

/** A record that kinesis-local accepted, in the form of GetRecords. */
export interface JournaledRecord {
  SequenceNumber: string;
  PartitionKey: string;
  /** Base64. */
  Data: string;
  /** Seconds since the epoch. */
  ApproximateArrivalTimestamp: number;
  EncryptionType: string;
}

/** A shard, in the form of ListShards. */
export interface JournaledShard {
  ShardId: string;
  ParentShardId?: string | null;
  AdjacentParentShardId?: string | null;
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
  SequenceNumberRange: { StartingSequenceNumber: string; EndingSequenceNumber?: string | null };
}

/** A stream without its records, in the form of DescribeStreamSummary. */
export interface JournaledStream {
  StreamName: string;
  StreamARN: string;
  /** Seconds since the epoch. */
  StreamCreationTimestamp: number;
  RetentionPeriodHours: number;
  StreamModeDetails?: { StreamMode: string } | null;
  EncryptionType?: string | null;
  KeyId?: string | null;
}

/** A line of the journal. */
export type JournalEntry =
  | { stream: JournaledStream; shards: JournaledShard[] }
  | { gone: string }
  | { of: string; shard: string; record: JournaledRecord };

interface KeptShard {
  shard: JournaledShard;
  records: JournaledRecord[];
}

interface KeptStream {
  stream: JournaledStream;
  shards: Map<string, KeptShard>;
}

type KeptStreams = Map<string, KeptStream>;

/** The journal and the data with which kinesis-local is started. */
export interface PreparedJournal {
  /** The journal, for appending. */
  journal: string;
  /** Folder and name of a file that kinesis-local loads. */
  folder: string;
  loaded: string;
}

const JOURNAL = 'journal.jsonl';
const LOADED = 'loaded.json';
/** The file of kinesis-local's data in the last release. */
const OF_LAST_RELEASE = 'kinesis-data.json';

/**
 * How long records are kept, counted from the last one; the same as the default of the stream in
 * the cloud.
 */
const KEPT_SECONDS = 168 * 3600;

/**
 * Reads the journal of a folder, imports the data of the last release, and writes the data that
 * kinesis-local loads: everything that it acknowledged, under the original sequence numbers. An
 * incomplete last line is dropped.
 * @throws KeptDataError that names the line of the journal that can't be read
 */
export async function prepareJournal(folder: string): Promise<PreparedJournal> {
  await mkdir(folder, { recursive: true });
  const journal = join(folder, JOURNAL);
  const streams = (await readJournal(journal)) ?? (await takeOver(folder, journal));
  if (trim(streams)) await rewrite(journal, streams);
  await writeFile(join(folder, LOADED), JSON.stringify(asLoaded(streams, new Date())));
  return { journal, folder, loaded: LOADED };
}

/** The streams in a journal; undefined when there is none. */
async function readJournal(file: string): Promise<KeptStreams | undefined> {
  const streams: KeptStreams = new Map();
  let sound = 0;
  let broken: number | undefined;
  let count = 0;
  const handle = await open(file, 'r').catch(ignoreMissing);
  if (!handle) return undefined;
  for await (const line of handle.readLines()) {
    count++;
    const entry = parseLine(line);
    if (entry === undefined) broken ??= count;
    else if (broken !== undefined) {
      throw new KeptDataError(
        `Line ${broken} of ${file} can't be read: restore a copy of the file, or remove that line.`,
      );
    } else {
      apply(streams, entry);
      sound += Buffer.byteLength(line) + 1;
    }
  }
  // A line that was being written when the process was killed was not acknowledged.
  if (broken !== undefined) await truncate(file, sound);
  else await endLine(file, sound);
  return streams;
}

function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

/** Adds the end of the last line if a kill has cut it off. */
async function endLine(file: string, length: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    if (size === length - 1) await handle.write('\n', size);
  } finally {
    await handle.close();
  }
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(line) as JournalEntry | null;
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

function apply(streams: KeptStreams, entry: JournalEntry): void {
  if ('gone' in entry) streams.delete(entry.gone);
  else if ('stream' in entry) {
    const { stream, shards } = entry;
    const before = streams.get(stream.StreamName);
    // A stream that was created again under the same name has no data of the previous one.
    const known =
      before?.stream.StreamCreationTimestamp === stream.StreamCreationTimestamp ? before.shards : undefined;
    streams.set(stream.StreamName, {
      stream,
      shards: new Map(
        shards.map(shard => [shard.ShardId, { shard, records: known?.get(shard.ShardId)?.records ?? [] }]),
      ),
    });
  } else streams.get(entry.of)?.shards.get(entry.shard)?.records.push(entry.record);
}

interface FileOfLastRelease {
  streams: Record<string, StreamOfFile>;
}

interface StreamOfFile {
  streamName: string;
  streamArn: string;
  streamCreationTimestamp: string;
  retentionPeriod: { length: number };
  streamModeDetails: { StreamMode: string };
  encryptionType: string;
  keyId: string | null;
  /** By the shard in JSON. */
  shards: Record<string, JournaledRecord[]>;
}

/** Imports the streams of the last release into a journal. Their file may be empty after a kill. */
async function takeOver(folder: string, journal: string): Promise<KeptStreams> {
  const file = join(folder, OF_LAST_RELEASE);
  const text = await readFile(file, 'utf8').catch(() => '');
  const streams: KeptStreams = new Map();
  for (const kept of Object.values((parseLine(text) as FileOfLastRelease | undefined)?.streams ?? {})) {
    const shards = Object.entries(kept.shards).map(([key, records]) => {
      const shard = JSON.parse(key) as JournaledShard;
      return [shard.ShardId, { shard, records }] as const;
    });
    streams.set(kept.streamName, {
      stream: {
        StreamName: kept.streamName,
        StreamARN: kept.streamArn,
        StreamCreationTimestamp: Date.parse(kept.streamCreationTimestamp) / 1000,
        RetentionPeriodHours: kept.retentionPeriod.length,
        StreamModeDetails: kept.streamModeDetails,
        EncryptionType: kept.encryptionType,
        KeyId: kept.keyId,
      },
      shards: new Map(shards),
    });
  }
  await rewrite(journal, streams);
  await rm(file, { force: true });
  return streams;
}

/**
 * Drops expired records. Their age is counted from the last record, so that nothing is lost while
 * the system is off.
 */
function trim(streams: KeptStreams): boolean {
  let dropped = false;
  for (const { shards } of streams.values()) {
    const last = Math.max(
      ...[...shards.values()].map(({ records }) => records.at(-1)?.ApproximateArrivalTimestamp ?? 0),
    );
    for (const kept of shards.values()) {
      const records = kept.records.filter(
        record => record.ApproximateArrivalTimestamp >= last - KEPT_SECONDS,
      );
      dropped ||= records.length < kept.records.length;
      kept.records = records;
    }
  }
  return dropped;
}

async function rewrite(journal: string, streams: KeptStreams): Promise<void> {
  const lines = [...streams.values()].flatMap(({ stream, shards }) => [
    { stream, shards: [...shards.values()].map(({ shard }) => shard) },
    ...[...shards.values()].flatMap(({ shard, records }) =>
      records.map(record => ({ of: stream.StreamName, shard: shard.ShardId, record })),
    ),
  ]);
  await writeFile(`${journal}.new`, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
  await rename(`${journal}.new`, journal);
}

/**
 * The data in kinesis-local's format. Its sequence numbers begin with the second in which a shard
 * was created, so open shards get the current time: new numbers are then higher than all earlier
 * ones, journaled or not.
 */
function asLoaded(streams: KeptStreams, now: Date): object {
  return {
    streams: Object.fromEntries(
      [...streams.values()].map(kept => [kept.stream.StreamARN, loadedStream(kept, now)]),
    ),
    resourcePolicies: {},
    accountSettings: { minimumThroughputBillingCommitment: null },
  };
}

function loadedStream({ stream, shards }: KeptStream, now: Date): object {
  return {
    consumers: {},
    encryptionType: stream.EncryptionType ?? 'NONE',
    enhancedMonitoring: [{ ShardLevelMetrics: [] }],
    keyId: stream.KeyId ?? null,
    retentionPeriod: { length: stream.RetentionPeriodHours, unit: 'HOURS' },
    shards: Object.fromEntries(
      [...shards.values()].map(({ shard, records }) => [loadedShard(shard, now), inOrder(records)]),
    ),
    streamArn: stream.StreamARN,
    streamCreationTimestamp: new Date(stream.StreamCreationTimestamp * 1000).toISOString(),
    streamModeDetails: { StreamMode: stream.StreamModeDetails?.StreamMode ?? 'PROVISIONED' },
    streamName: stream.StreamName,
    streamStatus: 'ACTIVE',
    tags: {},
    shardCountUpdates: [],
    maxRecordSizeInKiB: null,
    warmThroughputMiBps: null,
  };
}

function loadedShard(shard: JournaledShard, now: Date): string {
  const ending = shard.SequenceNumberRange.EndingSequenceNumber ?? null;
  return JSON.stringify({
    AdjacentParentShardId: shard.AdjacentParentShardId ?? null,
    ClosedTimestamp: ending === null ? null : now.toISOString(),
    CreatedAtTimestamp: now.toISOString(),
    HashKeyRange: shard.HashKeyRange,
    ParentShardId: shard.ParentShardId ?? null,
    SequenceNumberRange: { ...shard.SequenceNumberRange, EndingSequenceNumber: ending },
    ShardId: shard.ShardId,
    ShardIndex: Number(shard.ShardId.split('-').at(-1)),
  });
}

/** Answers and lines may have another order than the records in the stream. */
function inOrder(records: JournaledRecord[]): JournaledRecord[] {
  return records.toSorted((one, other) => {
    const [a, b] = [BigInt(one.SequenceNumber), BigInt(other.SequenceNumber)];
    return a < b ? -1 : Number(a > b);
  });
}
