import { PatronusError, Throttled } from '../../errors.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { withTimeLimit } from '../../time/time-limit.ts';
import type { LevelCount } from '../cache-level.ts';
import { readGeneration } from '../generation/generation.ts';
import { countPartitions } from '../shared/table-partitions.ts';

/** Time limit of a count. */
const LIMIT_MS = 1000;

/**
 * Counts the shared level's entries of each cache, in the order of the names.
 * @throws Throttled when the shared level can't be reached
 */
export async function countCaches(
  { client, tables, clock }: Pick<StoreContext, 'client' | 'tables' | 'clock'>,
  caches: readonly string[],
): Promise<LevelCount[]> {
  const count = async (cache: string, signal: AbortSignal) => {
    const address = { client, table: tables.cache, cache };
    const { generation, removals } = await readGeneration(address, signal);
    return countPartitions({ ...address, generation, removals, now: clock(), signal });
  };
  const all = withTimeLimit(LIMIT_MS, signal => Promise.all(caches.map(cache => count(cache, signal))));
  return all.catch(asUnreachable);
}

/**
 * Rethrows a planned error, and any other one as Throttled: the caches can't be reached. For
 * requests about the caches themselves.
 */
export function asUnreachable(cause: unknown): never {
  if (cause instanceof PatronusError) throw cause;
  throw new Throttled(
    'The shared caches cannot be reached at the moment. Requests are served without them; try again in a minute.',
    { cause },
  );
}
