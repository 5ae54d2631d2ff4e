import { z } from 'zod';
import { TTL_MAX_SECONDS } from './expiry.ts';

const ttl = z.coerce.number().positive().max(TTL_MAX_SECONDS);
const count = z.coerce.number().int().positive();

/**
 * The configuration of the caches, from the function's environment. The names carry the unit of
 * time.
 */
export const cacheSettingsSchema = z.object({
  METRICS_CACHE_TTL_SECONDS: ttl.default(60),
  ROUTING_CACHE_TTL_SECONDS: ttl.default(30),
  /** Limit of each cache in a function's memory. */
  CACHE_MAX_ENTRIES: count.default(10_000),
  CACHE_MAX_BYTES: count.default(32 * 1024 * 1024),
  /** How long a request waits for the shared level. */
  CACHE_LIMIT_MS: count.default(50),
  /** Least time between two shared writes of one key. */
  CACHE_WRITE_INTERVAL_MS: z.coerce.number().int().nonnegative().default(1000),
});

export type CacheSettings = z.infer<typeof cacheSettingsSchema>;
