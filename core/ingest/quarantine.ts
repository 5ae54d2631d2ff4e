import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { sha256 } from '../digest.ts';
import type { ReportRejected } from '../report/rejection.ts';
import type { ItemKey } from '../storage/item.ts';
import { type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { rfc3339 } from '../time/rfc3339.ts';
import type { StreamRecord } from './stream-record.ts';

export const QUARANTINE_PARTITION = 'QUARANTINE';

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

export type QuarantineItem = z.infer<typeof quarantineItemSchema>;

/** Its place in the quarantine: repeating writes the same item. */
function quarantineKey({ arrived_at_ms, shard_id, sequence_number }: StreamRecord): ItemKey {
  return { pk: QUARANTINE_PARTITION, sk: `${rfc3339(arrived_at_ms)}#${shard_id}#${sequence_number}` };
}

function quarantineItem(record: StreamRecord, reason: ReportRejected): QuarantineItem {
  const { data, partition_key, shard_id, sequence_number, arrived_at_ms } = record;
  const cut = data.length > QUARANTINE_MAX_BYTES;
  return {
    ...quarantineKey(record),
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
}

/** @throws Throttled at the deadline */
export async function putInQuarantine(
  record: StreamRecord,
  reason: ReportRejected,
  writing: Writing,
): Promise<void> {
  const put = new PutCommand({ TableName: writing.tables.traffic, Item: quarantineItem(record, reason) });
  await repeatUntil(writing, () => writing.client.send(put));
}
