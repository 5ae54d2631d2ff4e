import type { Clock } from '../time/clock.ts';
import type { Schedule } from '../time/schedule.ts';
import type { MemoryLimits } from './memory/memory-level.ts';
import type { TroubleKind } from './shared/shared-access.ts';
import type { SharedStore } from './shared/shared-store.ts';

export interface CacheOptions<K, V> {
  /** The cache's name in metrics and statistics. */
  name: string;
  /** TTL of entries without one of their own; above 0, at most a day. */
  ttl_seconds: number;
  memory?: Partial<MemoryLimits>;
  /** The level that all functions share. Default: none, the cache is this function's own. */
  shared?: SharedStore<V>;
  /** Text of a key, at most 1,024 bytes. Default: the key as it is. */
  keyOf?: (key: K) => string;
  /** When a value was measured (ms). With it, an older value never replaces a newer one. */
  measuredAt?: (value: V) => number;
  /** Upper limit of a value's TTL, seconds; undefined: no limit. */
  maxTtlSeconds?: (value: V) => number | undefined;
  /** Bytes of a value, for the memory limit. Default: the length of its JSON. */
  sizeOf?: (value: V) => number;
  /** How long a request waits for the shared level before it goes on without it. */
  limit_ms?: number;
  /** How long the shared level is bypassed after trouble. */
  pause_ms?: number;
  /** Least time between two shared writes of one key. */
  write_interval_ms?: number;
  clock?: Clock;
  schedule?: Schedule;
  /** Called on trouble with the shared level, which never fails a request. Count it in a metric. */
  onTrouble?: (kind: TroubleKind, cause?: unknown) => void;
}

export const MEMORY_DEFAULTS: MemoryLimits = { max_entries: 10_000, max_bytes: 32 * 1024 * 1024 };
export const SHARED_DEFAULTS = { limit_ms: 50, pause_ms: 1000, write_interval_ms: 1000 };
