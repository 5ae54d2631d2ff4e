import { fnv1a } from '../../hash.ts';

/**
 * Partitions of one generation of a cache: a query counts or sweeps them in parallel, and no
 * partition gets hot.
 */
const CACHE_SHARDS = 16;

/**
 * Index of the Cache table: `pk` and `expires_ms` (number), keys only. Only entries carry
 * `expires_ms`.
 */
export const EXPIRY_INDEX = 'by-expiry';

/**
 * The generation is in the key: an entry whose load began before a clear lands where it is no
 * longer read.
 */
function partitionKey(cache: string, generation: number, shard: number): string {
  return `ENTRY#${cache}#${generation}#${String(shard).padStart(2, '0')}`;
}

export function entryKey(cache: string, generation: number, key: string): { pk: string; sk: string } {
  return { pk: partitionKey(cache, generation, fnv1a(key) % CACHE_SHARDS), sk: key };
}

export function partitionKeys(cache: string, generation: number): string[] {
  return Array.from({ length: CACHE_SHARDS }, (_, shard) => partitionKey(cache, generation, shard));
}

export function generationKey(cache: string): { pk: string; sk: string } {
  return { pk: 'GENERATION', sk: cache };
}

/** How the caches stood at an instant, RFC 3339. */
export function cacheSampleKey(at: string): { pk: string; sk: string } {
  return { pk: 'SAMPLE', sk: at };
}

/** The item with hits, misses and hot keys of every cache, added up from all functions. */
export const USAGE_KEY = { pk: 'USAGE', sk: 'ALL' } as const;
