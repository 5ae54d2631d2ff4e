import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../web/data/ask.ts';
import { ApiError, type ErrorEntry, NotReachable } from '../../../web/data/errors.ts';
import { makeQueryClient } from '../../../web/data/query-client.ts';

const ABOVE_BUDGET: ErrorEntry = {
  errorType: 'Throttled',
  message: 'You have asked for as many expensive queries as one minute allows.',
  errorInfo: { retry_after_s: 17 },
};
const FILLED: Answer<string> = { data: 'figures', errors: [] };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A page that shows a query which gets these answers in turn; `asked` counts the requests. */
async function page(...answers: (Answer<string | null> | Error)[]) {
  const queries = makeQueryClient({ onSignedOut: () => expect.fail('signed out') });
  const world = { asked: 0 };
  const observer = new QueryObserver<Answer<string | null>>(queries, {
    queryKey: ['Traffic'],
    queryFn: async () => {
      const answer = answers[world.asked++] ?? FILLED;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const leave = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(0);
  expect(world.asked).toBe(1);
  return { queries, observer, leave, world };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a query that the API refused with a time', () => {
  it('is repeated when the time is over, and not before', async () => {
    const { observer, world } = await page(new ApiError([ABOVE_BUDGET]));
    expect(observer.getCurrentResult().error?.message).toBe(ABOVE_BUDGET.message);
    await pass(16_999);
    expect(world.asked).toBe(1);
    await pass(1);
    expect(world.asked).toBe(2);
    expect(observer.getCurrentResult()).toMatchObject({ data: FILLED, error: null });
    await pass(60_000);
    expect(world.asked).toBe(2);
  });

  it('is repeated again after another refusal', async () => {
    const { observer, world } = await page(new ApiError([ABOVE_BUDGET]), new ApiError([ABOVE_BUDGET]));
    await pass(34_000);
    expect(world.asked).toBe(3);
    expect(observer.getCurrentResult().data).toEqual(FILLED);
  });

  it('is repeated if only a part of the answer was refused', async () => {
    const { observer, world } = await page({ data: null, errors: [ABOVE_BUDGET] });
    await pass(17_000);
    expect(world.asked).toBe(2);
    expect(observer.getCurrentResult().data).toEqual(FILLED);
  });

  it('is not repeated after the page was left', async () => {
    const { leave, world } = await page(new ApiError([ABOVE_BUDGET]));
    leave();
    await pass(60_000);
    expect(world.asked).toBe(1);
  });

  it('is not repeated if the person has tried again with success', async () => {
    const { observer, world } = await page(new ApiError([ABOVE_BUDGET]));
    await pass(10_000);
    await observer.refetch();
    await pass(60_000);
    expect(world.asked).toBe(2);
  });
});

it.each([
  ['for good', new ApiError([{ errorType: 'ValidationError', message: 'The time range is too long.' }])],
  ['in a part for good', { data: null, errors: [{ errorType: 'Internal', message: 'Out of order.' }] }],
  ['never', FILLED],
])('a query that the API refused %s is not repeated', async (_, answer) => {
  const { world } = await page(answer);
  await pass(60_000);
  expect(world.asked).toBe(1);
});

it('a query without an answer is repeated twice', async () => {
  const { observer, world } = await page(new NotReachable(), new NotReachable(), new NotReachable());
  await pass(60_000);
  expect(world.asked).toBe(3);
  expect(observer.getCurrentResult().error).toBeInstanceOf(NotReachable);
});
