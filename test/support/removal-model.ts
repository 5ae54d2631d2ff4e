import fc from 'fast-check';
import { expect } from 'vitest';
import { Cache } from '../../core/cache/cache.ts';
import type { SharedStore } from '../../core/cache/shared/shared-store.ts';
import type { FakeTime } from './fake-time.ts';

/**
 * A value has the time at which it was read from its source: this shows whether it is older than a
 * removal.
 */
export interface Dated {
  key: string;
  at: number;
}

const FUNCTIONS = 3;
const KNOWN_WITHIN_MS = 900;
const who = fc.nat({ max: FUNCTIONS - 1 });
const key = fc.constantFrom('a', 'b');

const move = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get' as const), who, key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('insert' as const), who, key }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('load' as const), who, key, takes: fc.nat({ max: 4000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), who, key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat({ max: 700 }) }) },
);

export type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

export const moves = (maxLength: number) => fc.array(move, { maxLength });

interface Ended {
  who: number;
  /** undefined: everything. */
  key?: string;
  begunAt: number;
  endedAt: number;
}

interface Bed {
  time: FakeTime;
  store: SharedStore<Dated>;
  /** Resolves when no real request is running, which takes no time of the fake clock. */
  idle?: () => Promise<void>;
}

/**
 * Runs the moves of three functions over one store, which do not wait for one another, and checks
 * every answer: no value from before a removal or clear that ended over 0.9 s before the request,
 * or any time before it in the same function.
 */
export async function runMoves(
  all: readonly Move[],
  { time, store, idle = async () => {} }: Bed,
): Promise<void> {
  const make = () =>
    new Cache<string, Dated>({ name: 'removals', ttl_seconds: 3600, limit_ms: 1e8, shared: store, ...time });
  const caches = Array.from({ length: FUNCTIONS }, make);
  const ended: Ended[] = [];
  const pending: Promise<unknown>[] = [];
  const check = (
    value: Dated | undefined,
    asked: { who: number; key: string; at: number; ended: Ended[] },
  ) => {
    if (!value) return;
    expect(value.key).toBe(asked.key);
    for (const one of asked.ended) {
      if (one.key !== undefined && one.key !== asked.key) continue;
      const known = one.who === asked.who || one.endedAt + KNOWN_WITHIN_MS <= asked.at;
      if (known) expect(value.at).toBeGreaterThanOrEqual(one.begunAt);
    }
  };
  const act = async (now: Exclude<Move, { do: 'advance' }>) => {
    const cache = caches[now.who]!;
    const at = time.clock();
    const asked = { who: now.who, at, ended: [...ended] };
    if (now.do === 'get') check(await cache.get(now.key), { ...asked, key: now.key });
    else if (now.do === 'insert') await cache.insert(now.key, { key: now.key, at });
    else if (now.do === 'load') {
      const load = async () => {
        const begun = time.clock();
        await new Promise<void>(resolve => time.schedule(now.takes, resolve));
        return { key: now.key, at: begun };
      };
      check(await cache.getOrLoad(now.key, load), { ...asked, key: now.key });
    } else {
      await (now.do === 'remove' ? cache.remove(now.key) : cache.clear());
      ended.push({ ...now, begunAt: at, endedAt: time.clock() });
    }
  };
  for (const now of all) {
    if (now.do === 'advance') await time.advance(now.ms);
    else pending.push(act(now));
  }
  await settled(Promise.all(pending));
  await time.advance(1000);
  // An insert after everything has settled is visible to all, so no key remains blocked.
  for (const name of ['a', 'b']) {
    const at = time.clock();
    await settled(caches[0]!.insert(name, { key: name, at }));
    await settled(caches[0]!.drain());
    for (const [index, cache] of caches.entries()) {
      const value = await settled(Promise.resolve(cache.get(name)));
      expect(value).toBeDefined();
      check(value, { who: index, key: name, at, ended });
    }
    expect(await settled(Promise.resolve(make().get(name)))).toEqual({ key: name, at });
  }

  /** Advances time until the answer has arrived. */
  async function settled<T>(answer: Promise<T>): Promise<T> {
    let over = false;
    const ended = () => {
      over = true;
    };
    answer.then(ended, ended);
    for (await idle(); !over; await idle()) await time.advance(20);
    return answer;
  }
}
