import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../time/clock.ts';
import type { Schedule } from '../time/schedule.ts';
import { turnClock } from '../time/turn-clock.ts';
import { Cache } from './cache.ts';
import type { CacheOptions } from './cache-options.ts';
import { type CacheSettings, cacheSettingsSchema } from './cache-settings.ts';
import type { TroubleKind } from './shared/shared-access.ts';
import { tableStore } from './shared/shared-store.ts';
import type { ValueCodec } from './value-codec.ts';

/** Where a cache of the product is stored, and its settings. Tests pass a clock of their own. */
export interface CachePlace {
  client: DynamoDBDocumentClient;
  /** The Cache table. */
  table: string;
  settings?: CacheSettings;
  clock?: Clock;
  schedule?: Schedule;
  onTrouble?: (cache: string, kind: TroubleKind, cause?: unknown) => void;
}

/** A cache over the Cache table, with the function's settings. */
export function makeNamedCache<K, V>(
  { client, table, settings = defaultSettings, clock = turnClock, schedule, onTrouble }: CachePlace,
  options: Pick<CacheOptions<K, V>, 'name' | 'keyOf' | 'measuredAt' | 'maxTtlSeconds'> & {
    codec: ValueCodec<V>;
    ttlOf: (settings: CacheSettings) => number;
  },
): Cache<K, V> {
  const { codec, ttlOf, ...rest } = options;
  const write_interval_ms = settings.CACHE_WRITE_INTERVAL_MS;
  const trouble = (kind: TroubleKind, cause?: unknown) => onTrouble?.(options.name, kind, cause);
  return new Cache<K, V>({
    ...rest,
    ttl_seconds: ttlOf(settings),
    memory: { max_entries: settings.CACHE_MAX_ENTRIES, max_bytes: settings.CACHE_MAX_BYTES },
    limit_ms: settings.CACHE_LIMIT_MS,
    write_interval_ms,
    clock,
    ...(schedule && { schedule }),
    onTrouble: trouble,
    shared: tableStore<V>({
      client,
      table,
      cache: options.name,
      codec,
      clock,
      write_interval_ms,
      onGarbage: cause => trouble('garbage', cause),
    }),
  });
}

const defaultSettings = cacheSettingsSchema.parse({});
