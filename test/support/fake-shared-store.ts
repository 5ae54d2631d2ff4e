import { MemoryLevel } from '../../core/cache/memory-level.ts';
import type { SharedStore } from '../../core/cache/shared-store.ts';
import type { Clock } from '../../core/clock.ts';

export interface FakeSharedStore<V> extends SharedStore<V> {
  /** Runs before every call that reaches the store: throw, or wait, to make trouble. */
  before: (call: string) => void | Promise<void>;
  /** Calls so far, by name. */
  readonly calls: Record<string, number>;
}

/** A shared level in memory that counts its calls and makes the trouble that a test asks for. */
export function fakeSharedStore<V>(clock: Clock): FakeSharedStore<V> {
  const level = new MemoryLevel<V>({ max_entries: 100_000, max_bytes: 1e9 }, clock);
  const calls: Record<string, number> = {};
  let generation = 0;
  async function call<T>(name: string, run: () => T): Promise<T> {
    calls[name] = (calls[name] ?? 0) + 1;
    await store.before(name);
    return run();
  }
  const store: FakeSharedStore<V> = {
    before: () => {},
    calls,
    level: {
      get: (key, at) => call('get', () => level.get(key, at)),
      put: (key, entry) => call('put', () => level.put(key, entry)),
      remove: (key, at) => call('remove', () => level.remove(key, at)),
      cleanupExpired: at => call('cleanupExpired', () => level.cleanupExpired(at)),
      count: at => call('count', () => level.count(at)),
    },
    readGeneration: () => call('readGeneration', () => generation),
    raiseGeneration: () => call('raiseGeneration', () => ++generation),
  };
  return store;
}
