import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda';

/** The fields of a record that ingest reads. */
export interface DeliveredRecord {
  eventID: string;
  kinesis: Pick<
    KinesisStreamRecord['kinesis'],
    'approximateArrivalTimestamp' | 'data' | 'partitionKey' | 'sequenceNumber'
  >;
}

/**
 * Earlier records of the stream that `npm run stream -- replay` or the quarantine sends through
 * ingest again. They count as usual, by their original time of arrival. Their measurements don't
 * judge paths, and records that go to the quarantine again raise no alarm.
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
  /** The reason in words. */
  message: string;
}

/**
 * The answer to a replay: that of a stream's batch, and which of the processed records can't be
 * counted.
 */
export interface ReplayAnswer extends KinesisStreamBatchResponse {
  rejected: RejectedReplay[];
}
