import { describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import type { CacheOptions } from '../../../core/cache/cache-options.ts';
import { fakeSharedStore } from '../../support/fake-shared-store.ts';
import { fakeTime } from '../../support/fake-time.ts';

function world(options: Partial<CacheOptions<string, string>> = {}) {
  const time = fakeTime();
  const store = fakeSharedStore<string>(time.clock);
  const make = (more: Partial<CacheOptions<string, string>> = {}) =>
    new Cache<string, string>({ name: 'test', ttl_seconds: 60, shared: store, ...time, ...options, ...more });
  return { time, store, make };
}

const down = () => {
  throw new Error('down');
};

/** A load of 'key' that reads its source until the value is set. */
async function loadOf(cache: Cache<string, string>) {
  const begun = Promise.withResolvers<void>();
  const loaded = Promise.withResolvers<string>();
  const loading = cache.getOrLoad('key', () => {
    begun.resolve();
    return loaded.promise;
  });
  await begun.promise;
  return { loading, finish: loaded.resolve };
}

describe('memory never serves', () => {
  it('an expired entry, while the generation is fresh', async () => {
    const { make, time } = world();
    const cache = make();
    await cache.insert('key', 'value');
    await time.advance(59_500);
    expect(await cache.get('key')).toBe('value');
    await time.advance(499);
    expect(cache.get('key')).toBe('value');
    await time.advance(1);
    expect(await cache.get('key')).toBeUndefined();
  });

  it('an entry of an old generation, once a look-up of another key has read the new one', async () => {
    const { make, time } = world();
    const [a, b] = [make(), make()];
    await b.insert('key', 'value');
    await a.clear();
    await time.advance(900);
    await b.get('other');
    expect(await b.get('key')).toBeUndefined();
  });

  it('an entry while the generation that was read is too old', async () => {
    const { make, store, time } = world({ limit_ms: 10_000 });
    const cache = make();
    await cache.insert('key', 'value');
    await time.advance(900);
    store.before = call => (call === 'readState' ? time.advance(900) : undefined);
    expect(await cache.get('key')).toBeUndefined();
  });
});

describe('a clear', () => {
  it('empties the memory of the function at once, and discards waiting writes', async () => {
    const { make, store, time } = world();
    const cache = make();
    for (const value of ['first', 'second']) await cache.insert('key', value);
    await cache.clear();
    expect(cache.hotKeys(10)).toEqual([]);
    await time.advance(2000);
    expect(store.calls.put).toBe(1);
  });
});

describe('a removal', () => {
  it('is not undone by a running load in a cache without a shared level', async () => {
    const cache = new Cache<string, string>({ name: 'test', ttl_seconds: 60, ...fakeTime() });
    const { loading, finish } = await loadOf(cache);
    await cache.remove('key');
    finish('old');
    expect(await loading).toBe('old');
    expect(await cache.get('key')).toBeUndefined();
  });

  it('is not undone by a load that was reading the shared entry when the removal became known', async () => {
    const { make, store, time } = world();
    const [a, b] = [make(), make()];
    await b.get('warm up');
    const answered = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    store.level.getWithCompanion = async () => {
      asked.resolve();
      await answered.promise;
      return { entry: undefined, item: { value: 'old' } };
    };
    const loading = b.getOrRead('key', {
      address: { table: '', key: {} },
      parse: item => item?.value as string,
      read: async () => 'read alone',
    });
    await asked.promise;
    await a.remove('key');
    b.recheck();
    await b.get('other');
    answered.resolve();
    expect(await loading).toBe('old');
    await b.settle();
    await time.advance(900);
    for (const cache of [a, b]) expect(await cache.get('key')).toBeUndefined();
  });

  it('discards a waiting write, also when the shared level is in trouble', async () => {
    const { make, store, time } = world();
    const cache = make();
    for (const value of ['first', 'second']) await cache.insert('key', value);
    store.before = down;
    await cache.remove('key');
    store.before = () => {};
    await time.advance(2000);
    expect(store.calls.put).toBe(1);
  });

  it('returns false when the shared level is in trouble and memory has no value', async () => {
    const { make, store } = world();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    await b.get('warm up');
    store.before = down;
    expect(await b.remove('key')).toBe(false);
  });
});

describe('an older measurement', () => {
  it('never replaces a newer one, and causes no shared write', async () => {
    const { make, store } = world({ measuredAt: value => Number(value), write_interval_ms: 0 });
    const cache = make();
    for (const value of ['2000', '1000']) await cache.insert('path', value);
    expect(store.calls.put).toBe(1);
    expect(await cache.get('path')).toBe('2000');
  });
});

describe('the hit rate', () => {
  it('is 0 without look-ups', () => {
    expect(world().make().usage()).toEqual({ hits: 0, misses: 0, hit_rate: 0 });
  });
});

describe('warming', () => {
  it('looks up at most the allowed number of texts', async () => {
    const { make, store } = world();
    const cache = make();
    await cache.warmTexts(['a', 'b', 'c'], { max_keys: 2, limit_ms: 500 });
    expect(store.calls.get).toBe(2);
  });
});
