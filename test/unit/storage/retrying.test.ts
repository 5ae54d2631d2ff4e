import { describe, expect, it } from 'vitest';
import { Conflict, Throttled } from '../../../core/errors.ts';
import { ConditionFailed, repeatUntil } from '../../../core/storage/retrying.ts';

const named = (name: string) => Object.assign(new Error(name), { name });
const BUSY = named('ThrottlingException');

/** Fails with these errors one after another, then succeeds; each attempt takes 1 ms. */
function attempts(...errors: Error[]) {
  const begun: number[] = [];
  let now = 0;
  const retrying = {
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
    deadline: 100,
  };
  const attempt = async () => {
    begun.push(now++);
    const error = errors[begun.length - 1];
    if (error) throw error;
    return 'done';
  };
  return { begun, outcome: repeatUntil(retrying, attempt) };
}

describe('a call that is repeated', () => {
  it('waits longer and longer between attempts', async () => {
    const { begun, outcome } = attempts(BUSY, named('TimeoutError'), named('TransactionConflictException'));
    expect(await outcome).toBe('done');
    expect(begun).toEqual([0, 11, 32, 73]);
  });

  it.each([
    [BUSY, new Throttled('The database is too busy to do this now. Try again in a minute.')],
    [
      named('TransactionConflictException'),
      new Conflict('Another request is changing the same data. Try again in a moment.'),
    ],
  ])('begins no attempt after the deadline, and advises the caller: %s', async (error, due) => {
    const { begun, outcome } = attempts(error, error, error, error, error);
    await expect(outcome).rejects.toThrow(due);
    expect(begun).toEqual([0, 11, 32, 73]);
  });

  it('is not repeated after a failed condition', async () => {
    const { begun, outcome } = attempts(named('ConditionalCheckFailedException'));
    await expect(outcome).rejects.toBeInstanceOf(ConditionFailed);
    expect(begun).toEqual([0]);
  });

  it.each(['ValidationException', 'AccessDeniedException'])('is not repeated after %s', async name => {
    const error = named(name);
    const { begun, outcome } = attempts(error);
    await expect(outcome).rejects.toBe(error);
    expect(begun).toEqual([0]);
  });
});
