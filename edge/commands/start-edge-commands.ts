import type { RoutesOrder } from '../../core/commands/edge-command.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import { probePath } from '../probe/probe-path.ts';
import { makeCarryOut } from './carry-out.ts';
import { edgeApi, type ProbeAnswer } from './edge-api.ts';
import { type EdgeCredentials, edgeSigner, localEdgeCredentials } from './edge-identity.ts';
import { type Following, followCommands } from './follow-commands.ts';
import { listenToCommands } from './realtime.ts';

/** Where an edge's commands come from. */
export interface CommandSource {
  /** GraphQL address. */
  graphql: string;
  region: string;
  /** Of the edge's role; without it those of an edge of the local system. */
  credentials?: () => Promise<EdgeCredentials>;
}

export interface EdgeCommandsOptions {
  edge_id: string;
  source: CommandSource;
  policiesVersion: () => string | undefined;
  setPolicies: (policies: PolicySet) => void;
  setRoutes?: (routes: RoutesOrder) => void;
  /** How a path is measured; with real packets by default. */
  probe?: (target: string) => Promise<ProbeAnswer>;
  onTrouble: (reason: string) => void;
}

/** Has an edge follow its commands until stopped: probes, routes, policies. */
export function startEdgeCommands({
  edge_id,
  source,
  policiesVersion,
  setPolicies,
  setRoutes = () => {},
  probe = target => probePath(target),
  onTrouble,
}: EdgeCommandsOptions): Following {
  const { graphql: url, region, credentials = async () => localEdgeCredentials(edge_id) } = source;
  const sign = edgeSigner({ region, credentials });
  const api = edgeApi({ url, edge_id, sign });
  return followCommands({
    api,
    listen: (onCommand, signal) => listenToCommands({ url, edge_id, sign, onCommand, signal }),
    policiesVersion,
    carryOut: makeCarryOut({ api, probe, setPolicies, setRoutes }),
    onTrouble,
  });
}
