import { beforeEach, expect, it } from 'vitest';
import { SharedAccess, TROUBLE } from '../../../core/cache/shared/shared-access.ts';
import { fakeTime } from '../../support/fake-time.ts';

const LIMIT_MS = 50;
const PAUSE_MS = 5000;

let time: ReturnType<typeof fakeTime>;
let troubles: [string, unknown][];
let access: SharedAccess;
beforeEach(() => {
  time = fakeTime();
  troubles = [];
  access = new SharedAccess({
    ...{ limit_ms: LIMIT_MS, pause_ms: PAUSE_MS, clock: time.clock, schedule: time.schedule },
    onTrouble: (kind, cause) => troubles.push([kind, cause]),
  });
});

it('returns the result of a call, and leaves no timer behind', async () => {
  expect(await access.attempt(async () => 7)).toBe(7);
  expect([access.available, time.waiting, troubles]).toEqual([true, 0, []]);
});

it.each<[string, (cause: Error) => Promise<number>]>([
  ['fails', cause => Promise.reject(cause)],
  [
    'throws before its first await',
    cause => {
      throw cause;
    },
  ],
])('reports trouble, and throws nothing, when a call %s', async (_, use) => {
  const cause = new Error('down');
  expect(await access.attempt(() => use(cause))).toBe(TROUBLE);
  expect([access.available, time.waiting, troubles]).toEqual([false, 0, [['failed', cause]]]);
});

it('reports trouble and aborts a call that exceeds the limit, and ignores its late answer', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  let aborted: AbortSignal | undefined;
  const answer = access.attempt(signal => {
    aborted = signal;
    return promise;
  });
  await time.advance(LIMIT_MS - 1);
  expect(aborted?.aborted).toBe(false);
  await time.advance(1);
  expect(await answer).toBe(TROUBLE);
  expect(aborted?.aborted).toBe(true);
  resolve(7);
  await time.advance(0);
  expect([access.available, troubles]).toEqual([false, [['slow', undefined]]]);
});

it('skips calls for a while after trouble, then makes them again', async () => {
  await access.attempt(() => Promise.reject(new Error('down')));
  await time.advance(PAUSE_MS - 1);
  let uses = 0;
  const use = async () => ++uses;
  expect([await access.attempt(use), uses]).toEqual([TROUBLE, 0]);
  await time.advance(1);
  expect([await access.attempt(use), uses]).toEqual([1, 1]);
  expect(troubles).toHaveLength(1);
});

it('makes calls again at once when the clock was set back', async () => {
  await access.attempt(() => Promise.reject(new Error('down')));
  time.set(time.clock() - 1);
  expect(await access.attempt(async () => 7)).toBe(7);
});
