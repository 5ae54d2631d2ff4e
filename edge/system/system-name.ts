import { findLocalSystem } from './local-system.ts';
import type { TargetOptions } from './target-options.ts';

/** Names the system whose API is asked, in what an edge keeps; undefined: there is none to ask. */
export async function systemName({ stream, graphql, system }: TargetOptions): Promise<string | undefined> {
  if (graphql !== undefined) return graphql;
  if (stream !== undefined) return undefined;
  const local = await findLocalSystem(system);
  return local && `local ${local.user_pool_id}`;
}
