import { findLocalSystem } from './local-system.ts';
import type { TargetOptions } from './target-options.ts';

/** The name of the system in an edge's stored data; undefined: there is no system. */
export async function systemName({ stream, graphql, system }: TargetOptions): Promise<string | undefined> {
  if (graphql !== undefined) return graphql;
  if (stream !== undefined) return undefined;
  const local = await findLocalSystem(system);
  return local && `local ${local.user_pool_id}`;
}
