import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import { fakeSharedStore } from '../../support/fake-shared-store.ts';
import { fakeTime } from '../../support/fake-time.ts';

const TTL_MS = 5000;
const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({
    do: fc.constant('insert' as const),
    key,
    ttl_ms: fc.option(fc.integer({ min: 1, max: 10_000 })),
  }),
  fc.record({ do: fc.constant('get' as const), key }),
  fc.record({ do: fc.constant('load' as const), key }),
  fc.record({ do: fc.constant('remove' as const), key }),
  fc.record({ do: fc.constant('clear' as const) }),
  fc.record({ do: fc.constant('cleanup' as const) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 4000 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe.each([false, true])('one function against a model (shared level: %s)', shared => {
  it('answers, counts and cleans up like a map with expiry times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const time = fakeTime();
        const cache = new Cache<string, number>({
          name: 'model',
          ttl_seconds: TTL_MS / 1000,
          write_interval_ms: 0,
          ...time,
          ...(shared && { shared: fakeSharedStore<number>(time.clock) }),
        });
        const model = new Map<string, { value: number; expires: number }>();
        const usage = { hits: 0, misses: 0 };
        const active = (name: string) => {
          const entry = model.get(name);
          const value = entry && time.clock() < entry.expires ? entry.value : undefined;
          return value;
        };
        const count = (value: number | undefined) => usage[value === undefined ? 'misses' : 'hits']++;
        const expired = () => [...model].filter(([, entry]) => time.clock() >= entry.expires);
        let next = 1;
        const act = async (now: Step) => {
          if (now.do === 'insert') {
            const ttl = now.ttl_ms ?? TTL_MS;
            if (now.ttl_ms === null) await cache.insert(now.key, next);
            else await cache.insertWithTtl(now.key, next, ttl / 1000);
            model.set(now.key, { value: next++, expires: time.clock() + ttl });
          } else if (now.do === 'get') {
            count(active(now.key));
            expect(await cache.get(now.key)).toBe(active(now.key));
          } else if (now.do === 'load') {
            const before = active(now.key);
            count(before);
            expect(await cache.getOrLoad(now.key, async () => next)).toBe(before ?? next);
            if (before === undefined) model.set(now.key, { value: next++, expires: time.clock() + TTL_MS });
          } else if (now.do === 'remove') {
            expect(await cache.remove(now.key)).toBe(active(now.key) !== undefined);
            model.delete(now.key);
          } else if (now.do === 'clear') {
            expect(await cache.clear()).toBe(model.size - expired().length);
            model.clear();
          } else if (now.do === 'cleanup') {
            expect(await cache.cleanupExpired()).toBe(expired().length);
            for (const [name] of expired()) model.delete(name);
          } else {
            await time.advance(now.ms);
          }
          await cache.settle();
        };
        for (const now of steps) {
          await act(now);
          const stale = expired().length;
          const { hit_rate, ...stats } = await cache.stats();
          expect(stats).toEqual({
            total: model.size,
            active: model.size - stale,
            expired: stale,
            ...usage,
          });
          expect(hit_rate).toBeCloseTo(usage.hits / Math.max(1, usage.hits + usage.misses));
        }
      }),
      { numRuns: 150 },
    );
  });
});

const shared = fc.oneof(
  fc.record({ do: fc.constant('step' as const), who: fc.integer({ min: 0, max: 2 }), step }),
  fc.record({ do: fc.constant('trouble' as const), on: fc.boolean() }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
);

describe('several functions over one shared level', () => {
  it('never serve an entry that expired, or was cleared over 0.9 s ago, and always answer within 50 ms', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(shared, { maxLength: 60 }), async moves => {
        const time = fakeTime();
        const store = fakeSharedStore<{ born: number; dies: number }>(time.clock);
        const caches = Array.from(
          { length: 3 },
          () =>
            new Cache<string, { born: number; dies: number }>({
              name: 'shared',
              ttl_seconds: TTL_MS / 1000,
              shared: store,
              ...time,
            }),
        );
        let clearedAt = Number.NEGATIVE_INFINITY;
        const check = (value: { born: number; dies: number } | undefined) => {
          if (!value) return;
          expect(time.clock()).toBeLessThan(value.dies);
          if (time.clock() - clearedAt >= 900) expect(value.born).toBeGreaterThanOrEqual(clearedAt);
        };
        const make = (ttl: number) => ({ born: time.clock(), dies: time.clock() + ttl });
        for (const move of moves) {
          if (move.do === 'advance') await time.advance(move.ms);
          else if (move.do === 'trouble') {
            store.before = () => {
              if (move.on) throw new Error('down');
            };
          } else {
            const cache = caches[move.who]!;
            const now = move.step;
            const asked = time.clock();
            if (now.do === 'insert') {
              const ttl = now.ttl_ms ?? TTL_MS;
              await cache.insertWithTtl(now.key, make(ttl), ttl / 1000);
            } else if (now.do === 'get') check(await cache.get(now.key));
            else if (now.do === 'load') {
              const value = await cache.getOrLoad(now.key, async () => make(TTL_MS));
              expect(value).toBeDefined();
              check(value);
            } else if (now.do === 'remove') {
              await cache.remove(now.key);
              const value = await cache.get(now.key);
              check(value);
            } else if (now.do === 'clear') {
              const done = await cache.clear().then(
                () => true,
                () => false,
              );
              if (done) clearedAt = time.clock();
            } else if (now.do === 'cleanup') await cache.cleanupExpired().catch(() => {});
            else await time.advance(now.ms);
            if (now.do !== 'advance') expect(time.clock() - asked).toBeLessThanOrEqual(50);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('hold the newest measurement after all writes are done', async () => {
    const report = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      key,
      measured: fc.integer({ min: 1, max: 1000 }),
      wait: fc.integer({ min: 0, max: 700 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(report, { maxLength: 40 }), async reports => {
        const time = fakeTime();
        const store = fakeSharedStore<number>(time.clock);
        const make = () =>
          new Cache<string, number>({
            name: 'measured',
            ttl_seconds: 3600,
            measuredAt: value => value,
            shared: store,
            ...time,
          });
        const caches = [make(), make(), make()];
        const newest = new Map<string, number>();
        for (const { who, key: name, measured, wait } of reports) {
          await caches[who]!.insert(name, measured);
          newest.set(name, Math.max(measured, newest.get(name) ?? 0));
          await time.advance(wait);
        }
        await time.advance(5000);
        const reader = make();
        for (const [name, measured] of newest) expect(await reader.get(name)).toBe(measured);
      }),
      { numRuns: 200 },
    );
  });
});
