import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { sha256 } from '../digest.ts';
import { fnv1a } from '../hash.ts';
import type { ReportRejected } from '../report/rejection.ts';
import { backoffMs } from '../storage/backoff.ts';
import { readItems } from '../storage/batch-get.ts';
import { classifyFailure, type Failure } from '../storage/failure.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { outOfTime, type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { rfc3339 } from '../time/rfc3339.ts';
import type { StreamRecord } from './stream-record.ts';

/** The single partition of releases before the quarantine was spread. */
export const OLD_QUARANTINE_PARTITION = 'QUARANTINE';

/**
 * The quarantine is spread over this many partitions. The number is fixed, because readers query
 * each of them (docs/decisions/097).
 */
const QUARANTINE_PARTITIONS = 32;

/** A larger record is cut to this many bytes and stored with the hash of the whole. */
const QUARANTINE_MAX_BYTES = 256 * 1024;

/** A record that could not be counted, stored until a person decides about it. */
export const quarantineItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Releases before or after this one may have other codes. */
  reason: z.string(),
  /** The reason as a sentence. */
  message: z.string(),
  partition_key: z.string(),
  shard_id: z.string(),
  sequence_number: z.string(),
  /** RFC 3339. */
  arrived_at: z.string(),
  data: z.custom<Uint8Array>(value => value instanceof Uint8Array),
  /** Bytes of the whole record. */
  size: z.number(),
  /** SHA-256 of the whole record in hex, if `data` is cut. */
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

/** The partitions that may hold a record: its own, and another one while its own is throttled. */
export function partitionsOfPlace(place: string): [own: string, other: string] {
  const own = fnv1a(place) % QUARANTINE_PARTITIONS;
  return [partitionName(own), partitionName((own + QUARANTINE_PARTITIONS / 2) % QUARANTINE_PARTITIONS)];
}

function partitionName(number: number): string {
  return `QUARANTINE#${String(number).padStart(2, '0')}`;
}

/**
 * A record's place in the quarantine. It comes from the record's position in the stream, so it is
 * the same for every delivery.
 */
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
  /** Called with each failure after which the write is retried. */
  onFailure?: (failure: Failure) => void;
}

/**
 * Writes a record into its partition, or, if that is throttled and so not written, at once into the
 * other one. It waits only when both are throttled. After a lost answer it retries in the same
 * partition. The condition keeps a record from being written twice into one partition; the caller
 * has checked that the other one doesn't have it ({@link readWritten}).
 *
 * @returns whether it is new; false where it was written before @throws Throttled or Conflict at
 * the deadline · errors that a retry can't solve
 */
export async function putInQuarantine(
  record: StreamRecord,
  reason: ReportRejected,
  writing: Writing,
): Promise<boolean> {
  const { client, tables, clock, sleep, random, deadline } = writing;
  const item = quarantineItem(record, reason);
  const [own, other] = partitionsOfPlace(item.sk);
  // Distinguishes our own write, whose answer was lost, from an earlier one.
  const written_by = randomUUID();
  let pk = own;
  let mayHaveLanded = false;
  for (let waits = 0; ; ) {
    try {
      const Item = { pk, ...item, written_by };
      await client.send(new PutCommand({ TableName: tables.traffic, Item, ...IS_NEW }));
      return true;
    } catch (cause) {
      const failure = classifyFailure(cause);
      if (failure.kind === 'condition') {
        return mayHaveLanded && (await readWriter({ pk, sk: item.sk }, writing)) === written_by;
      }
      if (failure.kind === 'fatal' || failure.kind === 'validation') throw cause;
      writing.onFailure?.(failure);
      if (failure.kind !== 'throttled') mayHaveLanded = true;
      if (failure.kind === 'throttled' && !mayHaveLanded) {
        if (pk === own) {
          // An earlier delivery may have written it there and lost the answer.
          if (await readWriter({ pk: own, sk: item.sk }, writing)) return false;
          pk = other;
          continue;
        }
        pk = own;
      }
      const wait = backoffMs(waits++, { random });
      if (clock() + wait >= deadline) throw outOfTime(failure);
      await sleep(wait);
    }
  }
}

/**
 * The records that an earlier delivery has written into their other partition, because their own
 * was throttled.
 *
 * @throws Throttled at the deadline
 */
export async function readWritten(
  records: readonly StreamRecord[],
  writing: Writing,
): Promise<StreamRecord[]> {
  const keyOf = (record: StreamRecord): ItemKey => {
    const sk = quarantinePlace(record);
    return { pk: partitionsOfPlace(sk)[1], sk };
  };
  const keys = new Map(records.map(record => [keyText(keyOf(record)), keyOf(record)]));
  const items = await readItems([...keys.values()], { ...writing, table: writing.tables.traffic });
  return records.filter(record => items.has(keyText(keyOf(record))));
}

/**
 * The id of the write that put a record into a partition; undefined if it isn't there. Reads are
 * not throttled together with writes.
 */
async function readWriter({ pk, sk }: ItemKey, writing: Writing): Promise<string | undefined> {
  const get = new GetCommand({
    TableName: writing.tables.traffic,
    Key: { pk, sk },
    ProjectionExpression: 'written_by',
    ConsistentRead: true,
  });
  const { Item } = await repeatUntil(writing, () => writing.client.send(get));
  return Item && String(Item.written_by);
}
