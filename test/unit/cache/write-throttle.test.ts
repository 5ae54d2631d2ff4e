import { beforeEach, describe, expect, it } from 'vitest';
import type { PutOutcome } from '../../../core/cache/cache-level.ts';
import type { CachedEntry } from '../../../core/cache/cached-entry.ts';
import { WriteThrottle } from '../../../core/cache/shared/write-throttle.ts';
import { fakeTime } from '../../support/fake-time.ts';

const INTERVAL_MS = 1000;

let time: ReturnType<typeof fakeTime>;
let written: string[];
let outcomes: string[];
let answer: PutOutcome | undefined;
beforeEach(() => {
  time = fakeTime();
  written = [];
  outcomes = [];
  answer = 'stored';
});

const throttle = ({ interval_ms = INTERVAL_MS, max_waiting = 10 } = {}) =>
  new WriteThrottle<string>({
    put: async (key, { value }) => {
      written.push(`${key} ${value}`);
      return answer;
    },
    ...{ interval_ms, max_waiting, clock: time.clock, schedule: time.schedule },
    onOutcome: outcome => outcomes.push(outcome),
  });

const entry = (value: string, more: Partial<CachedEntry<string>> = {}): CachedEntry<string> => ({
  value,
  expires_ms: time.clock() + 60_000,
  generation: 1,
  removals: 0,
  size: 1,
  ...more,
});

describe('writes of one key', () => {
  it('write the first value at once, and the newest after the interval', async () => {
    const writes = throttle();
    for (const value of ['1', '2', '3']) void writes.write('a', entry(value));
    await time.advance(INTERVAL_MS);
    expect(written).toEqual(['a 1']);
    await time.advance(1);
    expect(written).toEqual(['a 1', 'a 3']);
    await writes.write('a', entry('4'));
    expect(written).toHaveLength(2);
    await time.advance(INTERVAL_MS + 1);
    await writes.write('b', entry('5'));
    expect(written).toEqual(['a 1', 'a 3', 'a 4', 'b 5']);
    expect(outcomes).toEqual(['stored', 'stored', 'stored', 'stored']);
  });

  it('do not wait without an interval', async () => {
    const writes = throttle({ interval_ms: 0 });
    for (const value of ['1', '2']) await writes.write('a', entry(value));
    expect(written).toEqual(['a 1', 'a 2']);
  });

  it.each<[string, Partial<CachedEntry<string>>, string]>([
    ['an older measurement does not', { measured_ms: 4 }, 'waiting'],
    ['one of the same time does', { measured_ms: 5 }, 'new'],
    ['a newer one does', { measured_ms: 6 }, 'new'],
    ['an older one after a clear does', { measured_ms: 4, generation: 2 }, 'new'],
  ])('%s replace a waiting value', async (_, more, expected) => {
    const writes = throttle();
    await writes.write('a', entry('first'));
    void writes.write('a', entry('waiting', { measured_ms: 5 }));
    void writes.write('a', entry('new', more));
    await time.advance(INTERVAL_MS + 1);
    expect(written).toEqual(['a first', `a ${expected}`]);
  });

  it('drop a value that expired while it waited', async () => {
    const writes = throttle();
    await writes.write('a', entry('1'));
    void writes.write('a', entry('2', { expires_ms: time.clock() + INTERVAL_MS + 1 }));
    await time.advance(INTERVAL_MS + 1);
    expect(written).toEqual(['a 1']);
  });

  it('are retried three times when another function wrote first, then given up', async () => {
    answer = 'too_soon';
    const writes = throttle();
    await writes.write('a', entry('1'));
    await time.advance(20 * INTERVAL_MS);
    expect(written).toEqual(['a 1', 'a 1', 'a 1', 'a 1']);
    expect(outcomes).toEqual(['too_soon']);
  });

  it('are never retried while a newer value waits', async () => {
    answer = 'too_soon';
    const writes = throttle();
    const first = writes.write('a', entry('1'));
    void writes.write('a', entry('2'));
    await first;
    answer = 'stored';
    await time.advance(20 * INTERVAL_MS);
    expect([written, outcomes]).toEqual([
      ['a 1', 'a 2'],
      ['too_soon', 'stored'],
    ]);
  });

  it('report no outcome when they fail', async () => {
    answer = undefined;
    await throttle().write('a', entry('1'));
    expect([written, outcomes]).toEqual([['a 1'], []]);
  });

  it('continue at once when the clock was set back', async () => {
    const writes = throttle();
    await writes.write('a', entry('1'));
    time.set(time.clock() - 5 * INTERVAL_MS);
    await writes.write('a', entry('2'));
    expect(written).toEqual(['a 1', 'a 2']);
  });
});

describe('waiting values', () => {
  const waiting = async (writes: WriteThrottle<string>, keys: string[]) => {
    for (const key of keys) {
      await writes.write(key, entry('1'));
      void writes.write(key, entry('2'));
    }
    written = [];
  };

  it('are limited in number: the one that has waited longest is dropped', async () => {
    const writes = throttle({ max_waiting: 2 });
    await waiting(writes, ['a', 'b', 'c']);
    expect(outcomes.filter(outcome => outcome === 'dropped')).toHaveLength(1);
    await time.advance(INTERVAL_MS + 1);
    expect(written).toEqual(['b 2', 'c 2']);
  });

  it('are cancelled by key, by condition, or all at once', async () => {
    const writes = throttle();
    await waiting(writes, ['a', 'b', 'c']);
    writes.cancel('a');
    writes.cancelWhere(key => key === 'b');
    expect(time.waiting).toBe(1);
    writes.cancelAll();
    expect(time.waiting).toBe(0);
    await time.advance(INTERVAL_MS + 1);
    expect(written).toEqual([]);
  });

  it('are awaited by drain, and not by settle', async () => {
    const writes = throttle();
    await waiting(writes, ['a']);
    await writes.settle();
    expect(written).toEqual([]);
    const drained = writes.drain();
    await time.advance(INTERVAL_MS + 1);
    await drained;
    expect(written).toEqual(['a 2']);
    await waiting(writes, ['b']);
    const cancelled = writes.drain();
    writes.cancel('b');
    await cancelled;
  });
});
