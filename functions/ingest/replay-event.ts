import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda';

/** A record as far as ingest reads it. */
export interface DeliveredRecord {
  eventID: string;
  kinesis: Pick<
    KinesisStreamRecord['kinesis'],
    'approximateArrivalTimestamp' | 'data' | 'partitionKey' | 'sequenceNumber'
  >;
}

/**
 * Records that were in the stream before, put through ingest once more by
 * `npm run stream -- replay` or from the quarantine. They count as ever, judged by when they
 * arrived; what was measured then judges no path now, and what is quarantined again raises no
 * alarm.
 */
export interface ReplayEvent {
  replay: true;
  Records: DeliveredRecord[];
}

/** A record of a replay that can't be counted, and why. */
export interface RejectedReplay {
  sequence_number: string;
  /** A code of `REJECTION_REASONS`. */
  reason: string;
  /** The reason for people. */
  message: string;
}

/**
 * What a replay is answered: as the stream is, and which of the records that were dealt with can't
 * be counted.
 */
export interface ReplayAnswer extends KinesisStreamBatchResponse {
  rejected: RejectedReplay[];
}
