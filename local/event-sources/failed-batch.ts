import { randomUUID } from 'node:crypto';
import type { ShardSource, StreamRecord } from './shard-source.ts';

/** Why a batch was discarded. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** A discarded batch. */
export interface FailedBatch {
  condition: DiscardCondition;
  records: readonly StreamRecord[];
  /** How often the function was called with it. */
  invokeCount: number;
  /** Of the last call. */
  requestId?: string | undefined;
  /** Whether the function threw instead of naming failed records. */
  threw: boolean;
}

export interface FailedBatchPlace {
  source: ShardSource;
  shardId: string;
  functionArn: string;
  /** Time of the message, milliseconds since the epoch. */
  now: number;
}

/**
 * Lambda's message to the on-failure destination. It contains the position of the batch, not its
 * records.
 */
export function failedBatchMessage(failed: FailedBatch, place: FailedBatchPlace): Record<string, unknown> {
  const { source, shardId, functionArn, now } = place;
  const first = failed.records[0]!;
  const last = failed.records.at(-1)!;
  return {
    requestContext: {
      requestId: failed.requestId ?? randomUUID(),
      functionArn,
      condition: failed.condition,
      approximateInvokeCount: failed.invokeCount,
    },
    ...(failed.invokeCount > 0 && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: failed.threw ? 'Unhandled' : null,
      },
    }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    [source.batchInfoName]: {
      shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivalMs).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.arrivalMs).toISOString(),
      batchSize: failed.records.length,
      streamArn: source.arn,
    },
  };
}
