import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { raiseGenerationAction } from '../../core/cache/generation.ts';
import { ROUTING_CACHE } from '../../core/cache/routing-cache.ts';
import type { Call } from './resolver.ts';

/**
 * Has routing decisions made anew after the paths have changed. Where the cache can't be told, they expire within its 30 s:
 * the change itself is done and stays so.
 */
export async function forgetDecisions({ context, caches }: Pick<Call, 'context' | 'caches'>): Promise<void> {
  const { client, tables } = context;
  const { Update } = raiseGenerationAction({ table: tables.cache, cache: ROUTING_CACHE });
  try {
    await client.send(new UpdateCommand(Update!));
  } catch {
    // See above.
  }
  caches.routing.recheck();
}
