import type { Clock } from '../time/clock.ts';
import type { Schedule } from '../time/schedule.ts';
import type { MemoryLimits } from './memory/memory-level.ts';
import type { TroubleKind } from './shared/shared-access.ts';
import type { SharedStore } from './shared/shared-store.ts';

export interface CacheOptions<K, V> {
  /** Names the cache in metrics and statistics. */
  name: string;
  /** TTL of entries that don't bring their own; above 0, at most a day. */
  ttl_seconds: number;
  memory?: Partial<MemoryLimits>;
  /** The level that all functions share; without it the cache is this function's own. */
  shared?: SharedStore<V>;
  /** Text of a key, at most 1,024 bytes; by default the key as it is. */
  keyOf?: (key: K) => string;
  /** When a value was measured (ms): older ones then never replace newer ones. */
  measuredAt?: (value: V) => number;
  /** The longest time that a value may be kept, seconds; undefined: its own TTL. */
  maxTtlSeconds?: (value: V) => number | undefined;
  /** Bytes of a value, for the memory limit; by default the length of its JSON. */
  sizeOf?: (value: V) => number;
  /** Longest time that a request waits for the shared level. */
  limit_ms?: number;
  /** After trouble the shared level is passed by for so long. */
  pause_ms?: number;
  /** Least time between two shared writes of one key. */
  write_interval_ms?: number;
  clock?: Clock;
  schedule?: Schedule;
  /** Called on trouble, which never fails a request; make it a metric. */
  onTrouble?: (kind: TroubleKind, cause?: unknown) => void;
}

export const MEMORY_DEFAULTS: MemoryLimits = { max_entries: 10_000, max_bytes: 32 * 1024 * 1024 };
export const SHARED_DEFAULTS = { limit_ms: 50, pause_ms: 1000, write_interval_ms: 1000 };
