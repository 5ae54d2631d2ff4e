import { describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import type { CacheOptions } from '../../../core/cache/cache-options.ts';
import { FIRST_STATE } from '../../../core/cache/generation/cache-state.ts';
import { ValidationError } from '../../../core/errors.ts';
import { fakeSharedStore } from '../../support/fake-shared-store.ts';
import { fakeTime } from '../../support/fake-time.ts';

function set(options: Partial<CacheOptions<string, string>> = {}) {
  const time = fakeTime();
  const store = fakeSharedStore<string>(time.clock);
  const troubles: string[] = [];
  const make = () =>
    new Cache<string, string>({
      name: 'test',
      ttl_seconds: 60,
      shared: store,
      ...time,
      onTrouble: kind => troubles.push(kind),
      ...options,
    });
  return { time, store, troubles, make };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const never = () => new Promise<void>(() => {});
const tick = () => new Promise<void>(resolve => setImmediate(resolve));

describe('two levels', () => {
  it('shares an inserted value with another function, which then serves it from memory', async () => {
    const { store, make } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    expect(await b.get('key')).toBe('value');
    const calls = { ...store.calls };
    expect(b.get('key')).toBe('value');
    expect(store.calls).toEqual(calls);
  });

  it('reads the shared level once for a hit there', async () => {
    const { store, make, time } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    await b.get('other');
    await time.advance(5000);
    const { get = 0, readState = 0 } = store.calls;
    expect(await b.get('key')).toBe('value');
    expect(store.calls).toMatchObject({ get: get + 1, readState: readState + 1 });
  });

  it('serves a hit in memory without reading the entry again, and reads the generation once in 0.9 s', async () => {
    const { store, make, time } = set();
    const cache = make();
    await cache.insert('key', 'value');
    const { get = 0, readState = 0 } = store.calls;
    for (let ms = 0; ms < 9000; ms += 100) {
      expect(await cache.get('key')).toBe('value');
      await time.advance(100);
    }
    expect(store.calls.get ?? 0).toBe(get);
    expect(store.calls.readState).toBe(readState + 9);
  });

  it('keeps the expiry that the first function set', async () => {
    const { make, time } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    await time.advance(59_000);
    expect(await b.get('key')).toBe('value');
    await time.advance(1000);
    expect(await b.get('key')).toBeUndefined();
  });

  it('does not restore an entry that was removed during a read of the shared level', async () => {
    const { make, store } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    const gate = deferred<void>();
    await b.get('warm up');
    const level = { ...store.level };
    store.level.get = async (...args) => {
      const entry = await level.get(...args);
      await gate.promise;
      return entry;
    };
    const reading = b.get('key');
    await tick();
    await b.remove('key');
    gate.resolve();
    await reading;
    store.level.get = level.get;
    expect(await b.get('key')).toBeUndefined();
  });
});

describe('clear', () => {
  it('reaches its own function at once, and every other within 0.9 s', async () => {
    const { make, time } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    expect(await b.get('key')).toBe('value');
    expect(await a.clear()).toBe(1);
    expect(await a.get('key')).toBeUndefined();
    await time.advance(900);
    expect(await b.get('key')).toBeUndefined();
  });

  it('counts the age of the generation from the moment its read was sent', async () => {
    const { make, time, store } = set();
    const [a, b] = [make(), make()];
    await a.insert('key', 'value');
    const read = store.readState;
    store.readState = async signal => {
      const state = await read(signal);
      await time.advance(40);
      return state;
    };
    expect(await b.get('key')).toBe('value');
    store.readState = read;
    await a.clear();
    await time.advance(860);
    expect(await b.get('key')).toBeUndefined();
  });

  it('discards the result of a running load, in this and in any other function', async () => {
    const { make, time } = set();
    const [a, b] = [make(), make()];
    await Promise.all([a.get('warm up'), b.get('warm up')]);
    const loads = [deferred<string>(), deferred<string>()];
    const waiting = [
      a.getOrLoad('key', () => loads[0]!.promise),
      b.getOrLoad('key', () => loads[1]!.promise),
    ];
    await tick();
    await a.clear();
    for (const load of loads) load.resolve('old');
    expect(await Promise.all(waiting)).toEqual(['old', 'old']);
    await Promise.all([a.settle(), b.settle()]);
    expect(await a.get('key')).toBeUndefined();
    await time.advance(900);
    expect(await b.get('key')).toBeUndefined();
    expect(await make().get('key')).toBeUndefined();
  });

  it('does not let a later caller join a load that began before the clear', async () => {
    const { make, time } = set();
    const [a, b] = [make(), make()];
    const old = deferred<string>();
    const first = b.getOrLoad('key', () => old.promise);
    await tick();
    await a.clear();
    await time.advance(1000);
    const second = b.getOrLoad('key', async () => 'new');
    expect(await second).toBe('new');
    old.resolve('old');
    expect(await first).toBe('old');
    expect(await b.get('key')).toBe('new');
  });

  it('accepts a lower generation when the table was recreated', async () => {
    const { make, time, store } = set();
    const cache = make();
    await cache.clear();
    store.readState = async () => FIRST_STATE;
    await time.advance(1000);
    await cache.insert('key', 'value');
    expect(await cache.get('key')).toBe('value');
  });

  it('rejects when the shared level is down', async () => {
    const { make, store } = set();
    store.before = () => {
      throw new Error('down');
    };
    await expect(make().clear()).rejects.toThrow('down');
  });
});

describe('getOrLoad', () => {
  it('runs one load for 10,000 concurrent callers of one key', async () => {
    const { make } = set();
    const cache = make();
    const load = deferred<string>();
    let loads = 0;
    const callers = Array.from({ length: 10_000 }, () =>
      cache.getOrLoad('key', () => {
        loads++;
        return load.promise;
      }),
    );
    await tick();
    load.resolve('value');
    expect(new Set(await Promise.all(callers))).toEqual(new Set(['value']));
    expect(loads).toBe(1);
  });

  it('lets callers join a slow load as long as the cache was not cleared', async () => {
    const { make, time } = set();
    const cache = make();
    const load = deferred<string>();
    const first = cache.getOrLoad('key', () => load.promise);
    await tick();
    await time.advance(5000);
    const second = cache.getOrLoad('key', async () => 'a second load');
    await tick();
    load.resolve('value');
    expect(await Promise.all([first, second])).toEqual(['value', 'value']);
  });

  it('does not cache a failed load, and rejects every waiting caller', async () => {
    const { make } = set();
    const cache = make();
    const load = deferred<string>();
    const waiting = [1, 2].map(() => cache.getOrLoad('key', () => load.promise));
    const outcomes = Promise.allSettled(waiting);
    await tick();
    load.reject(new Error('no such path'));
    expect((await outcomes).map(outcome => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(await cache.getOrLoad('key', async () => 'value')).toBe('value');
    expect(cache.get('key')).toBe('value');
  });

  it('does not cache undefined', async () => {
    const { make } = set();
    const cache = make();
    expect(await cache.getOrLoad('key', async () => undefined)).toBeUndefined();
    expect(await cache.getOrLoad('key', async () => 'value')).toBe('value');
  });

  it('does not cache a loaded value when an insert or a removal came first', async () => {
    const { make } = set();
    const cache = make();
    for (const overtake of [() => cache.insert('key', 'inserted'), () => cache.remove('key')]) {
      await cache.remove('key');
      const load = deferred<string>();
      const waiting = cache.getOrLoad('key', () => load.promise);
      await tick();
      await overtake();
      load.resolve('loaded');
      expect(await waiting).toBe('loaded');
      expect(await cache.get('key')).not.toBe('loaded');
    }
  });
});

describe('trouble with the shared level', () => {
  const down = () => {
    throw new Error('down');
  };

  it('serves every request from the source while it is down, and reports it once a second', async () => {
    const { make, store, troubles, time } = set();
    store.before = down;
    const cache = make();
    for (let i = 0; i < 10; i++) {
      expect(await cache.getOrLoad('key', async () => `load ${i}`)).toBe(`load ${i}`);
      await cache.insert('key', 'inserted');
      expect(await cache.get('key')).toBeUndefined();
      expect(await cache.remove('key')).toBe(false);
    }
    expect(troubles).toEqual(['failed']);
    await time.advance(1000);
    await cache.get('key');
    expect(troubles).toEqual(['failed', 'failed']);
  });

  it('waits at most 50 ms in all, not for each key', async () => {
    const { make, store, troubles, time } = set();
    store.before = never;
    const cache = make();
    const begun = time.clock();
    const answer = cache.getOrLoad('key', async () => 'from the source');
    await time.advance(50);
    expect(await answer).toBe('from the source');
    expect(await cache.getOrLoad('other', async () => 'too')).toBe('too');
    expect(await cache.getOrLoad('third', async () => 'three')).toBe('three');
    expect(time.clock() - begun).toBe(50);
    expect(troubles).toEqual(['slow']);
    expect(time.waiting).toBe(0);
  });

  it('applies one time limit to the generation and the entry together', async () => {
    const { make, store, time } = set();
    const cache = make();
    store.before = async call => {
      await time.advance(call === 'readState' ? 30 : 0);
      if (call === 'get') await never();
    };
    const begun = time.clock();
    const answer = cache.get('key');
    await tick();
    await time.advance(20);
    expect(await answer).toBeUndefined();
    expect(time.clock() - begun).toBe(50);
  });

  it('bypasses memory while the generation cannot be read, and uses it again afterwards', async () => {
    const { make, store, time } = set();
    const cache = make();
    await cache.insert('key', 'value');
    store.before = down;
    expect(cache.get('key')).toBe('value');
    await time.advance(900);
    expect(await cache.get('key')).toBeUndefined();
    expect(await cache.getOrLoad('key', async () => 'from the source')).toBe('from the source');
    store.before = () => {};
    await time.advance(1000);
    expect(await cache.get('key')).toBe('value');
  });

  it('runs one load for many callers while it is down', async () => {
    const { make, store } = set();
    store.before = down;
    const cache = make();
    let loads = 0;
    const load = deferred<string>();
    const callers = Array.from({ length: 100 }, () =>
      cache.getOrLoad('key', () => {
        loads++;
        return load.promise;
      }),
    );
    await tick();
    load.resolve('value');
    await Promise.all(callers);
    expect(loads).toBe(1);
  });

  it('does not serve from memory after the clock was set back', async () => {
    const { make, time, store } = set();
    const cache = make();
    await cache.insert('key', 'value');
    time.set(time.clock() - 3_600_000);
    store.before = down;
    expect(await cache.get('key')).toBeUndefined();
  });
});

describe('shared writes', () => {
  it('write one value a second for each key, and the newest value wins', async () => {
    const { make, store, time } = set({ measuredAt: value => Number(value) });
    const [a, b] = [make(), make()];
    for (let i = 0; i < 500; i++) {
      await a.insert('path', String(1000 + i));
      await time.advance(20);
    }
    expect(store.calls.put).toBeGreaterThanOrEqual(9);
    expect(store.calls.put).toBeLessThanOrEqual(10);
    await time.advance(1000);
    expect(await b.get('path')).toBe('1499');
    expect(await a.get('path')).toBe('1499');
  });

  it('do not wait for those of other keys', async () => {
    const { make, store } = set();
    const cache = make();
    for (let i = 0; i < 50; i++) await cache.insert(`key-${i}`, 'value');
    expect(store.calls.put).toBe(50);
  });

  it('store the newest value of each key when they are drained', async () => {
    const { make, store, time } = set({ measuredAt: value => Number(value) });
    const [a, b] = [make(), make()];
    for (const value of ['1000', '1001', '1003', '1002']) await a.insert('path', value);
    const drained = a.drain();
    expect(store.calls.put).toBe(1);
    await time.advance(1001);
    await drained;
    expect(store.calls.put).toBe(2);
    expect(await b.get('path')).toBe('1003');
  });

  it('drop a value that expired while the function was frozen', async () => {
    const { make, store, time } = set();
    const [a, b] = [make(), make()];
    for (const value of ['first', 'second']) await a.insert('key', value);
    time.set(time.clock() + 60_000);
    await b.insert('key', 'newer');
    await time.advance(1);
    expect(store.calls.put).toBe(2);
    await a.drain();
    expect(await make().get('key')).toBe('newer');
  });

  it('drop a waiting value when its key is removed or the cache is cleared', async () => {
    const { make, time } = set();
    const [a, b] = [make(), make()];
    for (const drop of [() => a.remove('key'), () => a.clear()]) {
      await a.insert('key', 'first');
      await a.insert('key', 'second');
      await drop();
      await time.advance(2000);
      expect(await b.get('key')).toBeUndefined();
      expect(await a.get('key')).toBeUndefined();
    }
  });

  it('never replace a newer measurement with an older one, in memory either', async () => {
    const { make } = set({ measuredAt: value => Number(value), write_interval_ms: 0 });
    const [a, b] = [make(), make()];
    await a.insert('path', '2000');
    await b.insert('path', '1000');
    await a.insert('path', '1500');
    expect(await a.get('path')).toBe('2000');
    expect(await make().get('path')).toBe('2000');
  });
});

describe('warm', () => {
  it('loads shared entries into memory, at most a given number', async () => {
    const { make } = set();
    const [a, b] = [make(), make()];
    for (const key of ['a', 'b', 'c']) await a.insert(key, key);
    expect(await b.warm(['a', 'b', 'missing', 'c'], { max_keys: 3, limit_ms: 500 })).toBe(2);
    expect(b.get('a')).toBe('a');
    expect(b.usage()).toMatchObject({ hits: 1, misses: 0 });
  });

  it('stops at its time limit', async () => {
    const { make, store, time } = set({ limit_ms: 10_000 });
    const cache = make();
    store.before = never;
    const warming = cache.warm(['a', 'b']);
    await time.advance(500);
    expect(await warming).toBe(0);
  });
});

describe('bad input', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_401])('rejects a TTL of %s', async ttl => {
    const message = `A cache entry's time to live must be more than 0 and at most 86400 seconds, not ${ttl}.`;
    expect(() => set({ ttl_seconds: ttl }).make()).toThrow(new ValidationError(message));
    await expect(set().make().insertWithTtl('key', 'value', ttl)).rejects.toThrow(
      new ValidationError(message),
    );
  });

  it.each([
    ['', 'it is empty'],
    ['x'.repeat(1025), 'this one has 1025'],
    ['é'.repeat(513), 'this one has 1026'],
  ])('rejects an empty key and one over 1 KB', async (key, fault) => {
    const cache = set().make();
    const message = `A cache key must have 1 to 1024 bytes; ${fault}.`;
    await expect(cache.insert(key, 'value')).rejects.toThrow(new ValidationError(message));
    await expect(cache.remove(key)).rejects.toThrow(new ValidationError(message));
    expect(() => cache.get(key)).toThrow(new ValidationError(message));
    expect(() => cache.getOrLoad(key, async () => 'value')).toThrow(new ValidationError(message));
  });

  it('keeps a value in memory that the shared level refuses, and counts the refusal', async () => {
    const { make, store, troubles } = set();
    store.level.put = () => 'too_large';
    const cache = make();
    await cache.insert('key', 'x'.repeat(300_000));
    expect((await cache.get('key'))?.length).toBe(300_000);
    expect(troubles).toEqual(['too_large']);
  });
});
