import { makeSignPost, type SigningCredentials } from '../../core/appsync/sign-post.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';
import { type ProbeWay, probePath } from '../probe/probe-path.ts';
import { edgeApi } from './edge-api.ts';
import type { Following } from './follow-commands.ts';
import { type EdgeDuties, followSystem } from './follow-system.ts';
import { localEdgeCredentials } from './local-edge-credentials.ts';
import { listenToSystem } from './realtime.ts';

/** The source of an edge's commands. */
export interface CommandSource {
  /** GraphQL address, or a function that finds it at each attempt. */
  graphql: string | (() => Promise<string>);
  region: string;
  /** Credentials of the edge's role; default: those of an edge of the local system. */
  credentials?: () => Promise<SigningCredentials>;
}

export interface EdgeCommandsOptions extends EdgeDuties {
  edge_id: string;
  source: CommandSource;
  /** Measures the way to an endpoint; default: with real packets. */
  probe?: (way: ProbeWay) => Promise<ProbeAnswer>;
  /** From 0 to 1: spreads the edges' reads. */
  random?: () => number;
}

/**
 * Lets an edge follow its commands, paths, routes and policies over the system's API until stopped.
 */
export function startEdgeCommands({
  edge_id,
  source,
  probe = way => probePath(way),
  ...duties
}: EdgeCommandsOptions): Following {
  const { graphql: url, region, credentials = async () => localEdgeCredentials(edge_id) } = source;
  const sign = makeSignPost({ region, credentials });
  return followSystem({
    ...duties,
    api: edgeApi({ url, edge_id, sign }),
    probe,
    async listen(heard, signal) {
      const at = typeof url === 'string' ? url : await url();
      return listenToSystem({ url: at, edge_id, sign, ...heard, signal });
    },
  });
}
