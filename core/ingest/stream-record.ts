/** One record of the report stream, as Kinesis delivers it. */
export interface StreamRecord {
  data: Uint8Array;
  partition_key: string;
  /** Decimal digits; grows within a shard. */
  sequence_number: string;
  /** For example `shardId-000000000012`. */
  shard_id: string;
  /** When Kinesis received it, milliseconds. */
  arrived_at_ms: number;
}

/** The counter slot of a shard: its number modulo the number of slots. */
export function slotOfShard(shard_id: string, slots: number): number {
  const number = Number(shard_id.slice(shard_id.lastIndexOf('-') + 1));
  return Number.isSafeInteger(number) ? number % slots : 0;
}
