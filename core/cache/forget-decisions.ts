import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { raiseGenerationAction } from './generation/generation.ts';

/** Name of the cache of routing decisions by policy and both sites. */
export const ROUTING_CACHE = 'routing';

/**
 * The action that invalidates every routing decision, for a transaction that changes what decisions
 * depend on.
 */
export function forgetDecisions(tables: Pick<TableNames, 'cache'>): WriteAction {
  return raiseGenerationAction({ table: tables.cache, cache: ROUTING_CACHE });
}
