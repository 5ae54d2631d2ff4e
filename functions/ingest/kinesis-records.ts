import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import type { DeliveredRecord } from './replay-event.ts';

/**
 * A record of Lambda's Kinesis event. Its `eventID` is `shardId-000000000000:<sequence number>`.
 */
export function toStreamRecord({ eventID, kinesis }: DeliveredRecord): StreamRecord {
  return {
    data: Buffer.from(kinesis.data, 'base64'),
    partition_key: kinesis.partitionKey,
    sequence_number: kinesis.sequenceNumber,
    shard_id: eventID.slice(0, eventID.lastIndexOf(':')),
    arrived_at_ms: Math.round(kinesis.approximateArrivalTimestamp * 1000),
  };
}
