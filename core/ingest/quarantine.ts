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

/** Where releases before partitions were spread kept everything. */
export const OLD_QUARANTINE_PARTITION = 'QUARANTINE';

/**
 * The quarantine is spread over this many partitions; fixed, as readers ask each of them
 * (docs/decisions/097).
 */
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

/**
 * The partitions that a record may be in: its own, and the one that takes it while its own is
 * throttled.
 */
export function partitionsOfPlace(place: string): [own: string, other: string] {
  const own = fnv1a(place) % QUARANTINE_PARTITIONS;
  return [partitionName(own), partitionName((own + QUARANTINE_PARTITIONS / 2) % QUARANTINE_PARTITIONS)];
}

function partitionName(number: number): string {
  return `QUARANTINE#${String(number).padStart(2, '0')}`;
}

/**
 * A record's place in the quarantine, from its place in the stream: the same however often it is
 * delivered.
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
  /** Called with what has to be repeated. */
  onFailure?: (failure: Failure) => void;
}

/**
 * Writes a record into its partition, or at once into the other one while its own is throttled:
 * nothing was written to its own then. Only when both are throttled does it wait. A lost answer is
 * asked for again in the same partition. The condition keeps a record from being written twice into
 * one partition; that it isn't in the other one yet, the caller has looked ({@link readWritten}).
 *
 * @returns whether it is new; false where it was written before
 * @throws Throttled or Conflict at the deadline · what repeating can't help
 */
export async function putInQuarantine(
  record: StreamRecord,
  reason: ReportRejected,
  writing: Writing,
): Promise<boolean> {
  const { client, tables, clock, sleep, random, deadline } = writing;
  const item = quarantineItem(record, reason);
  const [own, other] = partitionsOfPlace(item.sk);
  // Tells our own write from an earlier one where its answer was lost.
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
          // An earlier delivery may have written it there and never had the answer.
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
 * Those of the records that an earlier delivery has written into their other partition, while their
 * own was throttled.
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
 * Who wrote a record into a partition; undefined where it is not. Reads are not throttled with
 * writes.
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
