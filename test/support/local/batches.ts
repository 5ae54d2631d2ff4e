import { vi } from 'vitest';
import type { FailedBatch } from '../../../local/event-sources/failed-batch.ts';
import { processBatch, type RetryRules } from '../../../local/event-sources/process-batch.ts';
import type { StreamRecord } from '../../../local/event-sources/shard-source.ts';

export const NOW = Date.UTC(2026, 0, 31, 12);

/** Records with sequence numbers "1", "2", …, whose event is their number. */
export function records(count: number, { first = 1, arrivalMs = NOW } = {}): StreamRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    sequenceNumber: String(first + index),
    arrivalMs,
    event: { number: first + index },
  }));
}

export type Behaviour = (numbers: number[], call: number) => unknown;

const NO_RULES: RetryRules = {
  BisectBatchOnFunctionError: false,
  FunctionResponseTypes: [],
  MaximumRecordAgeInSeconds: -1,
  MaximumRetryAttempts: -1,
};

export const failuresAt = (...sequenceNumbers: (number | string)[]) => ({
  batchItemFailures: sequenceNumbers.map(number => ({ itemIdentifier: String(number) })),
});

/** Runs a batch against a function's behaviour, and returns all events in order. */
export async function runBatch(
  batch: StreamRecord[],
  rules: Partial<RetryRules>,
  behaviour: Behaviour,
): Promise<{ calls: number[][]; checkpoints: string[]; discarded: FailedBatch[]; waits: number }> {
  let now = NOW;
  const calls: number[][] = [];
  const checkpoints: string[] = [];
  const discarded: FailedBatch[] = [];
  const sleep = vi.fn(async (ms: number) => {
    now += ms;
  });
  await processBatch(batch, {
    rules: { ...NO_RULES, ...rules },
    async invoke({ Records }) {
      const numbers = Records.map(event => event.number as number);
      calls.push(numbers);
      return { requestId: `request-${calls.length}`, result: await behaviour(numbers, calls.length) };
    },
    async checkpoint(sequenceNumber) {
      checkpoints.push(sequenceNumber);
    },
    async discard(failed) {
      discarded.push(failed);
    },
    clock: () => now,
    sleep,
    stopped: () => false,
  });
  return { calls, checkpoints, discarded, waits: sleep.mock.calls.length };
}
