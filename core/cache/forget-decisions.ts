import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { raiseGenerationAction } from './generation/generation.ts';

/** Routing decisions by policy and both sites: the cache's name. */
export const ROUTING_CACHE = 'routing';

/**
 * Has every routing decision made anew, in the transaction that changes what decisions are made
 * from.
 */
export function forgetDecisions(tables: Pick<TableNames, 'cache'>): WriteAction {
  return raiseGenerationAction({ table: tables.cache, cache: ROUTING_CACHE });
}
