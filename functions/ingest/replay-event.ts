import type { KinesisStreamRecord } from 'aws-lambda';

/** A record as far as ingest reads it. */
export interface DeliveredRecord {
  eventID: string;
  kinesis: Pick<
    KinesisStreamRecord['kinesis'],
    'approximateArrivalTimestamp' | 'data' | 'partitionKey' | 'sequenceNumber'
  >;
}

/**
 * Records that were in the stream before, put through ingest once more by `npm run stream -- replay`. They count as ever; what
 * was measured then judges no path now, and what is quarantined again raises no alarm.
 */
export interface ReplayEvent {
  replay: true;
  Records: DeliveredRecord[];
}
