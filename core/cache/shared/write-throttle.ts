import { LRUCache } from 'lru-cache';
import type { Clock } from '../../time/clock.ts';
import type { Cancel, Schedule } from '../../time/schedule.ts';
import type { PutOutcome } from '../cache-level.ts';
import { type CachedEntry, mayReplace } from '../cached-entry.ts';
import { isExpired } from '../expiry.ts';

export interface WriteThrottleOptions<V> {
  /** Writes now; never rejects (`undefined`: it failed). */
  put: (key: string, entry: CachedEntry<V>) => Promise<PutOutcome | undefined>;
  /** Least time between two writes of one key; 0 is no limit. */
  interval_ms: number;
  /** Keys that may wait for their turn. Beyond that the one that waited longest is dropped. */
  max_waiting: number;
  clock: Clock;
  schedule: Schedule;
  onOutcome: (outcome: PutOutcome | 'dropped') => void;
}

interface Waiting<V> {
  entry: CachedEntry<V>;
  cancel: Cancel;
  /** Awaited by {@link WriteThrottle.drain}: resolves once nothing waits under this key. */
  over: Promise<void>;
  end: () => void;
}

/**
 * How often a write is retried when other functions write the same key before it. Then it is
 * discarded, because their values are fresh.
 */
const MAX_FORESTALLED = 3;

/**
 * Writes each key at most once an interval: the first at once, then the newest value when the
 * interval is over.
 */
export class WriteThrottle<V> {
  readonly #options: WriteThrottleOptions<V>;
  readonly #lastWrite: LRUCache<string, number>;
  readonly #waiting = new Map<string, Waiting<V>>();
  readonly #writing = new Set<Promise<void>>();

  constructor(options: WriteThrottleOptions<V>) {
    this.#options = options;
    this.#lastWrite = new LRUCache({ max: options.max_waiting });
  }

  /**
   * Resolves when a write that could start at once has ended. A value that has to wait for its turn
   * is not awaited.
   */
  write(key: string, entry: CachedEntry<V>): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (waiting) {
      if (replaces(waiting.entry, entry)) waiting.entry = entry;
      return Promise.resolve();
    }
    const wait = this.#dueIn(key);
    if (wait <= 0) return this.#write(key, entry, 0);
    this.#defer(key, entry, { wait, forestalled: 0 });
    return Promise.resolve();
  }

  /** Discards a value that waits for its turn, because its key was removed. */
  cancel(key: string): void {
    this.#waiting.get(key)?.cancel();
    this.#take(key);
  }

  cancelWhere(isRemoved: (key: string, entry: CachedEntry<V>) => boolean): void {
    for (const [key, { entry }] of [...this.#waiting]) if (isRemoved(key, entry)) this.cancel(key);
  }

  cancelAll(): void {
    for (const key of [...this.#waiting.keys()]) this.cancel(key);
  }

  /**
   * Resolves when every write that is under way has ended. Values that wait for their turn are not
   * awaited.
   */
  async settle(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  /**
   * Resolves when values that wait for their turn are written too. That lasts an interval, or a few
   * where other functions write the same keys.
   */
  async drain(): Promise<void> {
    while (this.#writing.size > 0 || this.#waiting.size > 0) {
      await Promise.all([...this.#waiting.values()].map(({ over }) => over));
      await this.settle();
    }
  }

  #take(key: string): CachedEntry<V> | undefined {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    waiting?.end();
    return waiting?.entry;
  }

  #dueIn(key: string): number {
    const { interval_ms, clock } = this.#options;
    const last = this.#lastWrite.get(key);
    if (interval_ms <= 0 || last === undefined) return 0;
    const elapsed = clock() - last;
    return elapsed < 0 ? 0 : interval_ms - elapsed;
  }

  #defer(
    key: string,
    entry: CachedEntry<V>,
    { wait, forestalled }: { wait: number; forestalled: number },
  ): void {
    // A millisecond more, because timers and clocks round differently and an early write would be
    // refused.
    const cancel = this.#options.schedule(wait + 1, () => {
      const due = this.#take(key);
      // A function that was frozen meanwhile must not write an expired value over a newer one.
      if (due && !isExpired(due, this.#options.clock())) void this.#write(key, due, forestalled);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(key, { entry, cancel, over: promise, end: resolve });
    if (this.#waiting.size > this.#options.max_waiting) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const key of this.#waiting.keys()) {
      this.cancel(key);
      this.#options.onOutcome('dropped');
      return;
    }
  }

  #write(key: string, entry: CachedEntry<V>, forestalled: number): Promise<void> {
    const { put, interval_ms, clock, onOutcome } = this.#options;
    if (interval_ms > 0) this.#lastWrite.set(key, clock());
    const writing = put(key, entry).then(outcome => {
      this.#writing.delete(writing);
      if (outcome === 'too_soon' && forestalled < MAX_FORESTALLED && !this.#waiting.has(key)) {
        this.#defer(key, entry, { wait: interval_ms, forestalled: forestalled + 1 });
        return;
      }
      if (outcome) onOutcome(outcome);
    });
    this.#writing.add(writing);
    return writing;
  }
}

function replaces(waiting: CachedEntry<unknown>, incoming: CachedEntry<unknown>): boolean {
  return incoming.generation > waiting.generation || mayReplace(waiting, incoming);
}
