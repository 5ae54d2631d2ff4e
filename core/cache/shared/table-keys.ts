import { fnv1a } from '../../hash.ts';

/**
 * Partitions of one generation of a cache. They spread the load, and are counted and swept in
 * parallel.
 */
const CACHE_SHARDS = 16;

/**
 * Index of the Cache table by `pk` and `expires_ms` (number); it projects the keys. Other items
 * have no `expires_ms`.
 */
export const EXPIRY_INDEX = 'by-expiry';

/**
 * The generation is part of the key: an entry whose load began before a clear is stored where it is
 * no longer read.
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

/** A sample of the caches' figures. `at`: RFC 3339. */
export function cacheSampleKey(at: string): { pk: string; sk: string } {
  return { pk: 'SAMPLE', sk: at };
}

/** The item with hits, misses and hot keys of every cache, over all functions. */
export const USAGE_KEY = { pk: 'USAGE', sk: 'ALL' } as const;
