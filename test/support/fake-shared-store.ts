import { type CacheState, FIRST_STATE } from '../../core/cache/generation/cache-state.ts';
import { LOG_KEEPS, RemovalLog, removalHash } from '../../core/cache/generation/removal-log.ts';
import { MemoryLevel } from '../../core/cache/memory/memory-level.ts';
import type { SharedStore } from '../../core/cache/shared/shared-store.ts';
import type { Clock } from '../../core/time/clock.ts';

export interface FakeSharedStore<V> extends SharedStore<V> {
  /** Runs before every call that reaches the store: throws or waits, to cause trouble. */
  before: (call: string) => void | Promise<void>;
  /** Runs after it, when the answer is ready. */
  after: (call: string) => void | Promise<void>;
  /** Calls so far, by name. */
  readonly calls: Record<string, number>;
}

/**
 * A shared level in memory that counts its calls and causes the trouble that a test sets. `keeps`:
 * removals in its log.
 */
export function fakeSharedStore<V>(clock: Clock, { keeps = LOG_KEEPS } = {}): FakeSharedStore<V> {
  const level = new MemoryLevel<V>({ max_entries: 100_000, max_bytes: 1e9 }, clock);
  const calls: Record<string, number> = {};
  let state: CacheState = FIRST_STATE;
  let removed: number[] = [];
  const raise = () => {
    state = { ...state, generation: state.generation + 1 };
    return state;
  };
  const remove = (key: string) => {
    removed = [...removed, removalHash(key)];
    if (removed.length > keeps) removed.shift();
    state = { ...state, removals: new RemovalLog(state.removals.last + 1, removed) };
    return state;
  };
  async function call<T>(name: string, run: () => T): Promise<T> {
    calls[name] = (calls[name] ?? 0) + 1;
    await store.before(name);
    const answer = run();
    await store.after(name);
    return answer;
  }
  const store: FakeSharedStore<V> = {
    before: () => {},
    after: () => {},
    calls,
    level: {
      get: (key, at) => call('get', () => level.get(key, at)),
      put: (key, entry) => call('put', () => level.put(key, entry)),
      remove: (key, at) => call('remove', () => level.remove(key, at)),
      cleanupExpired: at => call('cleanupExpired', () => level.cleanupExpired(at)),
      count: (at, removals) => call('count', () => level.count(at, removals)),
    },
    readState: () => call('readState', () => state),
    raiseGeneration: () => call('raiseGeneration', raise),
    recordRemoval: key => call('recordRemoval', () => remove(key)),
  };
  return store;
}
