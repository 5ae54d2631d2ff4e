import type { _Record as Record_ } from '@aws-sdk/client-kinesis';
import type { ReplayEvent } from '../../functions/ingest/replay-event.ts';

/** The number of records in an invocation, which share its time limit. */
const MAX_RECORDS = 500;

/**
 * Lambda accepts 6 MB for an invocation; base64 needs 4 bytes for 3, and each record has some
 * overhead.
 */
const MAX_BYTES = 4 * 1024 * 1024;

/** Splits records into batches for one invocation each, in order. A single record always fits. */
export function batchesOf(records: readonly Record_[]): Record_[][] {
  const batches: Record_[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.Data!.length;
    const batch = batches.at(-1);
    if (batch && batch.length < MAX_RECORDS && bytes + size <= MAX_BYTES) {
      batch.push(record);
      bytes += size;
    } else {
      batches.push([record]);
      bytes = size;
    }
  }
  return batches;
}

/** The event that Lambda would send to ingest for these records, marked as a replay. */
export function replayEvent(shard_id: string, records: readonly Record_[]): ReplayEvent {
  return {
    replay: true,
    Records: records.map(({ Data, PartitionKey, SequenceNumber, ApproximateArrivalTimestamp }) => ({
      eventID: `${shard_id}:${SequenceNumber}`,
      kinesis: {
        approximateArrivalTimestamp: ApproximateArrivalTimestamp!.getTime() / 1000,
        data: Buffer.from(Data!).toString('base64'),
        partitionKey: PartitionKey!,
        sequenceNumber: SequenceNumber!,
      },
    })),
  };
}
