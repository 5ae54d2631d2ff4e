import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TooManyRequests } from '../../../local/lambda/function-failure.ts';
import { failuresAt, NOW, records, runBatch } from '../../support/local/batches.ts';

const REPORTS = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };
const poison =
  (...bad: number[]) =>
  (numbers: number[]) => {
    if (numbers.some(number => bad.includes(number))) throw new Error('poison');
  };
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a batch whose function succeeds', () => {
  it('is called once and completed', async () => {
    const { calls, checkpoints, discarded } = await runBatch(records(3), {}, () => 'anything');
    expect(calls).toEqual([[1, 2, 3]]);
    expect(checkpoints).toEqual(['3']);
    expect(discarded).toEqual([]);
  });

  it('is completed with any answer if failures are not reported for single items', async () => {
    const { calls } = await runBatch(records(3), {}, () => failuresAt(2));
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['no failures', { batchItemFailures: [] }],
    ['null for failures', { batchItemFailures: null }],
  ])('is completed if it reports %s', async (_, answer) => {
    const { calls, checkpoints } = await runBatch(records(2), REPORTS, () => answer);
    expect(calls).toHaveLength(1);
    expect(checkpoints).toEqual(['2']);
  });
});

describe('partial failures', () => {
  it('continue from the lowest one, in any order', async () => {
    const { calls, checkpoints } = await runBatch(records(5), REPORTS, (_, call) =>
      call === 1 ? failuresAt(5, 3, 4) : undefined,
    );
    expect(calls).toEqual([range(1, 5), range(3, 5)]);
    expect(checkpoints).toEqual(['2', '5']);
  });

  it.each([
    ['an unknown sequence number', failuresAt(99)],
    ['an empty identifier', failuresAt('')],
    ['an identifier that is not a string', { batchItemFailures: [{ itemIdentifier: 3 }] }],
    ['an item without identifier', { batchItemFailures: [{}] }],
    ['null for an item', { batchItemFailures: [null] }],
    ['failures that are not a list', { batchItemFailures: 'all' }],
    ['a text', 'failed'],
  ])('fail the whole batch if they are %s', async (_, answer) => {
    const { calls, waits } = await runBatch(records(3), REPORTS, (_numbers, call) =>
      call === 1 ? answer : null,
    );
    expect(calls).toEqual([range(1, 3), range(1, 3)]);
    expect(waits).toBe(1);
  });

  it('reset the number of retries after progress', async () => {
    const { calls, discarded } = await runBatch(
      records(3),
      { ...REPORTS, MaximumRetryAttempts: 1 },
      (numbers, call) => (call % 2 === 0 ? failuresAt(numbers[1] ?? '') : failuresAt(numbers[0]!)),
    );
    // 1 is retried and succeeds, then 2, then 3 is given up at its second failure.
    expect(calls).toEqual([[1, 2, 3], [1, 2, 3], [2, 3], [2, 3], [3], [3]]);
    expect(discarded.map(({ records }) => records.map(({ sequenceNumber }) => sequenceNumber))).toEqual([
      ['3'],
    ]);
  });
});

describe('a batch whose function fails', () => {
  it('is retried with pauses until it succeeds, without a limit', async () => {
    const { calls, waits, discarded } = await runBatch(records(2), {}, (_, call) => {
      if (call < 20) throw new Error('not yet');
    });
    expect(calls).toHaveLength(20);
    expect(waits).toBe(19);
    expect(discarded).toEqual([]);
  });

  it("is given up after its retries, with Lambda's reason", async () => {
    const { calls, checkpoints, discarded } = await runBatch(
      records(2),
      { MaximumRetryAttempts: 2 },
      poison(1),
    );
    expect(calls).toHaveLength(3);
    expect(checkpoints).toEqual(['2']);
    expect(discarded).toEqual([
      {
        condition: 'RetryAttemptsExhausted',
        records: records(2),
        invokeCount: 3,
        requestId: undefined,
        threw: true,
      },
    ]);
  });

  it('is not retried without retries', async () => {
    const { calls, discarded } = await runBatch(records(1), { MaximumRetryAttempts: 0 }, poison(1));
    expect(calls).toHaveLength(1);
    expect(discarded).toHaveLength(1);
  });

  it('does not count refusals for lack of concurrency as retries', async () => {
    const { calls, discarded } = await runBatch(records(1), { MaximumRetryAttempts: 0 }, (_, call) => {
      if (call < 5) throw new TooManyRequests('ingest');
    });
    expect(calls).toHaveLength(5);
    expect(discarded).toEqual([]);
  });

  it('is split down to the poison record, which alone is given up', async () => {
    const { calls, checkpoints, discarded } = await runBatch(
      records(8),
      { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 },
      poison(6),
    );
    expect(calls).toEqual([range(1, 8), range(1, 4), range(5, 8), [5, 6], [5], [6], [6], [7, 8]]);
    expect(checkpoints).toEqual(['4', '5', '6', '8']);
    expect(
      discarded.map(({ records, invokeCount }) => [records[0]!.sequenceNumber, records.length, invokeCount]),
    ).toEqual([['6', 1, 2]]);
  });
});

describe('records that are too old', () => {
  const old = { MaximumRecordAgeInSeconds: 60 };

  it('are given up before the first try', async () => {
    const batch = [...records(2, { arrivalMs: NOW - 61_000 }), ...records(2, { first: 3 })];
    const { calls, checkpoints, discarded } = await runBatch(batch, old, () => null);
    expect(calls).toEqual([[3, 4]]);
    expect(checkpoints).toEqual(['2', '4']);
    expect(discarded).toEqual([
      {
        condition: 'RecordAgeExceeded',
        records: batch.slice(0, 2),
        invokeCount: 0,
        requestId: undefined,
        threw: false,
      },
    ]);
  });

  it('end an unlimited retry', async () => {
    const { calls, discarded } = await runBatch(records(1), old, poison(1));
    expect(calls.length).toBeGreaterThan(2);
    expect(discarded.map(({ condition }) => condition)).toEqual(['RecordAgeExceeded']);
  });
});

describe('with any behaviour of a function', () => {
  it('completes or gives up every record exactly once, in order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          count: fc.integer({ min: 1, max: 20 }),
          bad: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
          bisect: fc.boolean(),
          reports: fc.boolean(),
          flaky: fc.array(fc.boolean(), { maxLength: 10 }),
        }),
        async ({ count, bad, bisect, reports, flaky }) => {
          const done: number[] = [];
          const { checkpoints, discarded } = await runBatch(
            records(count),
            {
              BisectBatchOnFunctionError: bisect,
              MaximumRetryAttempts: 12,
              ...(reports && REPORTS),
            },
            (numbers, call) => {
              if (flaky[call]) throw new Error('flaky');
              const firstBad = numbers.findIndex(number => bad.includes(number));
              if (firstBad < 0) {
                done.push(...numbers);
                return null;
              }
              if (!reports) throw new Error('poison');
              done.push(...numbers.slice(0, firstBad));
              return failuresAt(numbers[firstBad]!);
            },
          );
          const lost = discarded.flatMap(batch => batch.records.map(({ event }) => event.number as number));
          const expectedAll = range(1, count);
          expect([...done, ...lost].sort((a, b) => a - b)).toEqual(expectedAll);
          expect(done).toEqual([...done].sort((a, b) => a - b));
          const marks = checkpoints.map(Number);
          expect(marks).toEqual([...new Set(marks)].sort((a, b) => a - b));
          expect(marks.at(-1)).toBe(count);
          // With halving, only the invalid records are given up.
          if (bisect) expect(lost).toEqual(bad.filter(number => number <= count).sort((a, b) => a - b));
        },
      ),
    ));
});
