import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import type { CacheState } from '../../../core/cache/generation/cache-state.ts';
import { GenerationWatch } from '../../../core/cache/generation/generation-watch.ts';
import { RemovalLog, removalHash } from '../../../core/cache/generation/removal-log.ts';
import { fakeSharedStore } from '../../support/fake-shared-store.ts';
import { fakeTime } from '../../support/fake-time.ts';
import { type Dated, moves, runMoves } from '../../support/removal-model.ts';

describe('removal log', () => {
  const log = new RemovalLog(7, ['a', 'b', 'a'].map(removalHash));

  it.each([
    ['a', 6, true],
    ['a', 7, false],
    ['b', 5, true],
    ['b', 6, false],
    ['c', 4, false],
  ])('names %s after removal %d: %s', (key, after, named) => {
    expect(log.names(key, after)).toBe(named);
    expect(log.mayName(key, after)).toBe(named);
  });

  it('cannot rule out removals from before its first entry', () => {
    expect([3, 4, 7, 8].map(number => log.reachesBackTo(number))).toEqual([false, true, true, false]);
    expect(log.mayName('c', 3)).toBe(true);
    expect(log.names('c', 3)).toBe(false);
  });
});

describe('the known generation and removals', () => {
  const state = (generation: number, removals = 0) => ({
    generation,
    removals: new RemovalLog(removals, ['a', 'b', 'c'].slice(0, removals).map(removalHash)),
  });

  function watch() {
    let now = 1000;
    const heard: number[] = [];
    const watched = new GenerationWatch({
      read: async () => state(0),
      clock: () => now,
      onRemovals: (removals, since) => heard.push(since, removals.last),
    });
    const learn = (of: CacheState, { sent, got }: { sent: number; got: number }) => {
      now = got;
      watched.learn(of, sent);
    };
    return { watched, learn, heard };
  }

  it.each([
    ['generation', state(1), state(2)],
    ['removal', state(1, 1), state(1, 2)],
  ])(
    'keep the newer %s when a slower answer arrives, and are fresh from the later read',
    (_what, low, high) => {
      const { watched, learn } = watch();
      learn(high, { sent: 1000, got: 1040 });
      learn(low, { sent: 1020, got: 1060 });
      expect(watched.state).toBe(high);
      expect(watched.fresh(1919)).toBe(high.generation);
      expect(watched.fresh(1920)).toBeUndefined();
    },
  );

  it('are replaced by those of a later read: the table was recreated', () => {
    const { watched, learn, heard } = watch();
    learn(state(2, 2), { sent: 1000, got: 1040 });
    learn(state(0, 0), { sent: 1041, got: 1060 });
    expect(watched.state).toEqual(state(0, 0));
    expect(heard).toEqual([2, 0]);
  });

  it('are read again after an invalidation, even if an answer is on its way', async () => {
    const { watched, learn } = watch();
    learn(state(1), { sent: 1000, got: 1000 });
    const reading = watched.refresh();
    watched.invalidate();
    await reading;
    expect(watched.fresh(1000)).toBeUndefined();
    await watched.refresh();
    expect(watched.fresh(1000)).toBe(1);
  });
});

function set({ keeps }: { keeps?: number } = {}) {
  const time = fakeTime();
  const store = fakeSharedStore<string>(time.clock, { ...(keeps && { keeps }) });
  const make = () => new Cache<string, string>({ name: 'test', ttl_seconds: 3600, shared: store, ...time });
  return { time, store, make };
}

/** A load of 'key' that has started, and ends on request. */
async function beginLoad(cache: Cache<string, string>) {
  await cache.get('warm up');
  const begun = Promise.withResolvers<void>();
  const loaded = Promise.withResolvers<string>();
  const loading = cache.getOrLoad('key', () => {
    begun.resolve();
    return loaded.promise;
  });
  await begun.promise;
  return { finish: loaded.resolve, loading };
}

describe('a removal', () => {
  it('reaches every function within a second, and leaves other keys in their memories', async () => {
    const { time, store, make } = set();
    const [a, b] = [make(), make()];
    for (const key of ['key', 'other']) await a.insert(key, 'old');
    for (const key of ['key', 'other']) expect(await b.get(key)).toBe('old');
    expect(await a.remove('key')).toBe(true);
    expect(await a.get('key')).toBeUndefined();
    await time.advance(900);
    expect(await b.get('key')).toBeUndefined();
    const { get } = store.calls;
    expect(await b.get('other')).toBe('old');
    expect(store.calls.get).toBe(get);
    await b.insert('key', 'new');
    await time.advance(1000);
    expect([await a.get('key'), await b.get('key')]).toEqual(['new', 'new']);
  });

  it('is not undone by an earlier load of another function, in its memory or in the shared level', async () => {
    const { time, make } = set();
    const [a, b] = [make(), make()];
    const { finish, loading } = await beginLoad(b);
    await a.remove('key');
    finish('old');
    expect(await loading).toBe('old');
    await b.settle();
    expect(await a.get('key')).toBeUndefined();
    await time.advance(900);
    for (const cache of [a, b, make()]) expect(await cache.get('key')).toBeUndefined();
  });

  it('is not undone by a waiting write of another function', async () => {
    const { time, make } = set();
    const [a, b] = [make(), make()];
    for (const value of ['first', 'second']) await b.insert('key', value);
    await a.remove('key');
    await time.advance(1500);
    for (const cache of [a, b, make()]) expect(await cache.get('key')).toBeUndefined();
  });

  it('drops a waiting write once it becomes known', async () => {
    const { time, store, make } = set();
    const [a, b] = [make(), make()];
    for (const value of ['first', 'second']) await b.insert('key', value);
    await a.remove('key');
    await time.advance(900);
    await b.get('other');
    await time.advance(600);
    expect(store.calls.put).toBe(1);
  });

  it('gives later callers a load of their own', async () => {
    const { time, make } = set();
    const [a, b] = [make(), make()];
    const { finish, loading } = await beginLoad(b);
    await a.remove('key');
    await time.advance(900);
    expect(await b.getOrLoad('key', async () => 'new')).toBe('new');
    finish('old');
    expect(await loading).toBe('old');
    expect(await b.get('key')).toBe('new');
  });

  it('is not undone by an item that was read together with the shared entry before it', async () => {
    const { time, store, make } = set();
    const [a, b] = [make(), make()];
    await b.get('warm up');
    await time.advance(1000);
    const { get } = store.level;
    store.level.getWithCompanion = async (key, generation) => {
      const entry = await get(key, generation);
      await a.remove('key');
      return { entry, item: { value: 'old' } };
    };
    const source = {
      address: { table: '', key: {} },
      parse: (item?: Record<string, unknown>) => item?.value as string,
      read: async () => 'read alone',
    };
    expect(await b.getOrRead('key', source)).toBe('old');
    await time.advance(900);
    for (const cache of [a, b]) expect(await cache.get('key')).toBeUndefined();
  });

  it('makes a function forget everything if it missed more removals than the log holds', async () => {
    const { time, make } = set({ keeps: 2 });
    const [a, b] = [make(), make()];
    for (const key of ['key', 'other']) await b.insert(key, 'old');
    for (const key of ['key', 'x', 'y']) await a.remove(key);
    await time.advance(900);
    // "other" was not removed, but b can't know.
    for (const key of ['key', 'other']) expect(await b.get(key)).toBeUndefined();
    expect(await b.getOrLoad('other', async () => 'new')).toBe('new');
    expect(b.get('other')).toBe('new');
  });

  it('adds no request to a look-up, and none at all to a hit in memory', async () => {
    const { store, make } = set();
    const [a, b] = [make(), make()];
    await a.remove('gone');
    await a.insert('key', 'value');
    await b.get('warm up');
    const { get = 0, readState = 0 } = store.calls;
    expect(await b.get('key')).toBe('value');
    expect(b.get('key')).toBe('value');
    expect(store.calls).toMatchObject({ get: get + 1, readState });
  });

  it('does not fail the request when it cannot be stored, and can be retried', async () => {
    const { time, store, make } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    await b.get('key');
    store.before = () => {
      throw new Error('down');
    };
    await a.remove('key');
    store.before = () => {};
    await time.advance(1000);
    expect(await b.get('key')).toBe('value');
    expect(await a.remove('key')).toBe(true);
    await time.advance(900);
    expect(await b.get('key')).toBeUndefined();
  });

  it.each([128, 3, 1])('holds in random histories with a log of %d', async keeps => {
    await fc.assert(
      fc.asyncProperty(moves(40), fc.infiniteStream(fc.nat({ max: 60 })), async (all, delays) => {
        const time = fakeTime();
        const store = fakeSharedStore<Dated>(time.clock, { keeps });
        const delay = () => new Promise<void>(resolve => time.schedule(delays.next().value!, resolve));
        store.before = delay;
        store.after = delay;
        await runMoves(all, { time, store });
      }),
      { numRuns: 40 },
    );
  });
});
