import type { _Record as Record_ } from '@aws-sdk/client-kinesis';
import type { ReplayEvent } from '../../functions/ingest/replay-event.ts';

/** An invocation's answer waits for all of its records, and they share its time. */
const MAX_RECORDS = 500;

/**
 * Lambda takes 6 MB an invocation; base64 makes 4 bytes of 3, and each record has some more around
 * it.
 */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Cuts records into batches that one invocation can carry, in their order. A record alone always
 * fits.
 */
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

/** The event with which Lambda would hand these records to ingest, marked as a replay. */
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
