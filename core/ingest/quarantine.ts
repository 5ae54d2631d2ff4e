import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { sha256 } from '../digest.ts';
import { fnv1a } from '../hash.ts';
import type { ReportRejected } from '../report/rejection.ts';
import { backoffMs } from '../storage/backoff.ts';
import { classifyFailure, type Failure } from '../storage/failure.ts';
import type { ItemKey } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { outOfTime, type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { rfc3339 } from '../time/rfc3339.ts';
import type { StreamRecord } from './stream-record.ts';

/** Where releases before partitions were spread kept everything. */
export const OLD_QUARANTINE_PARTITION = 'QUARANTINE';

/** The quarantine is spread over this many partitions; fixed, as readers ask each of them (docs/decisions/097). */
const QUARANTINE_PARTITIONS = 32;

/** A record's bytes are kept up to here; of a larger one, the first bytes and the hash of all. */
const QUARANTINE_MAX_BYTES = 256 * 1024;

/** A record that could not be counted, as it is kept until a person decides. */
export const quarantineItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Releases before or after this one may have other codes. */
  reason: z.string(),
  /** The reason for people. */
  message: z.string(),
  partition_key: z.string(),
  shard_id: z.string(),
  sequence_number: z.string(),
  /** RFC 3339. */
  arrived_at: z.string(),
  data: z.custom<Uint8Array>(value => value instanceof Uint8Array),
  /** Bytes of the whole record. */
  size: z.number(),
  /** SHA-256 of the whole record in hex, where `data` is only its beginning. */
  sha256: z.string().optional(),
  /** RFC 3339: when it was last sent again. */
  replayed_at: z.string().optional(),
});

const IS_NEW = conditionOf({ expression: 'attribute_not_exists(#pk)' });

export type QuarantineItem = z.infer<typeof quarantineItemSchema>;

/** All partitions that hold records. */
export function quarantinePartitions(): string[] {
  const spread = Array.from({ length: QUARANTINE_PARTITIONS }, (_, number) => partitionName(number));
  return [OLD_QUARANTINE_PARTITION, ...spread];
}

/** The partitions that a record may be in: its own, and those that take it while its own is throttled. In the order of trying. */
export function partitionsOfPlace(place: string): string[] {
  const first = fnv1a(place) % QUARANTINE_PARTITIONS;
  return Array.from({ length: QUARANTINE_PARTITIONS }, (_, step) =>
    partitionName((first + step) % QUARANTINE_PARTITIONS),
  );
}

function partitionName(number: number): string {
  return `QUARANTINE#${String(number).padStart(2, '0')}`;
}

/** A record's place in the quarantine, from its place in the stream: the same however often it is delivered. */
export function quarantinePlace({ arrived_at_ms, shard_id, sequence_number }: StreamRecord): string {
  return `${rfc3339(arrived_at_ms)}#${shard_id}#${sequence_number}`;
}

function quarantineItem(record: StreamRecord, reason: ReportRejected): Omit<QuarantineItem, 'pk'> {
  const { data, partition_key, shard_id, sequence_number, arrived_at_ms } = record;
  const cut = data.length > QUARANTINE_MAX_BYTES;
  return {
    sk: quarantinePlace(record),
    reason: reason.code,
    message: reason.message,
    partition_key,
    shard_id,
    sequence_number,
    arrived_at: rfc3339(arrived_at_ms),
    data: cut ? data.subarray(0, QUARANTINE_MAX_BYTES) : data,
    size: data.length,
    ...(cut && { sha256: sha256(data) }),
  };
}

interface Writing extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** Partitions that are throttled just now, for all records that are written together. */
  busy?: Set<string>;
  /** Called with what has to be repeated. */
  onFailure?: (failure: Failure) => void;
}

/**
 * Writes a record once, however often it is delivered. While its partition is throttled another one takes it at once: nothing was
 * written to the first one then. Only when all are throttled does it wait. A lost answer is asked for again in the same partition.
 *
 * @returns whether it is new; false where it was written before
 * @throws Throttled or Conflict at the deadline · what repeating can't help
 */
export async function putInQuarantine(
  record: StreamRecord,
  reason: ReportRejected,
  writing: Writing,
): Promise<boolean> {
  const { client, tables, clock, sleep, random, deadline, busy = new Set() } = writing;
  const item = quarantineItem(record, reason);
  const partitions = partitionsOfPlace(item.sk);
  // Tells our own write from an earlier one where its answer was lost.
  const written_by = randomUUID();
  let pk = freePartition(partitions, busy);
  let mayHaveLanded = false;
  for (let waits = 0; ; ) {
    try {
      const Item = { pk, ...item, written_by };
      await client.send(new PutCommand({ TableName: tables.traffic, Item, ...IS_NEW }));
      return true;
    } catch (cause) {
      const failure = classifyFailure(cause);
      if (failure.kind === 'condition') return mayHaveLanded && isOurs({ pk, ...item }, written_by, writing);
      if (failure.kind === 'fatal' || failure.kind === 'validation') throw cause;
      writing.onFailure?.(failure);
      if (failure.kind !== 'throttled') mayHaveLanded = true;
      if (failure.kind === 'throttled' && !mayHaveLanded) {
        busy.add(pk);
        if (busy.size < partitions.length) {
          pk = freePartition(partitions, busy);
          continue;
        }
        busy.clear();
        pk = partitions[0]!;
      }
      const wait = backoffMs(waits++, { random });
      if (clock() + wait >= deadline) throw outOfTime(failure);
      await sleep(wait);
    }
  }
}

function freePartition(partitions: readonly string[], busy: ReadonlySet<string>): string {
  return partitions.find(partition => !busy.has(partition)) ?? partitions[0]!;
}

async function isOurs({ pk, sk }: ItemKey, written_by: string, writing: Writing): Promise<boolean> {
  const get = new GetCommand({
    TableName: writing.tables.traffic,
    Key: { pk, sk },
    ProjectionExpression: 'written_by',
    ConsistentRead: true,
  });
  const { Item } = await repeatUntil(writing, () => writing.client.send(get));
  return Item?.written_by === written_by;
}
