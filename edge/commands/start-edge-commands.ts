import { makeSignPost, type SigningCredentials } from '../../core/appsync/sign-post.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import { followRoutes, type KeptRoutes } from '../paths/follow-routes.ts';
import type { Route, RouteTable, RouteUpdate } from '../paths/route-table.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';
import { type ProbeWay, probePath } from '../probe/probe-path.ts';
import { makeCarryOut } from './carry-out.ts';
import { edgeApi } from './edge-api.ts';
import { type Following, followCommands } from './follow-commands.ts';
import { localEdgeCredentials } from './local-edge-credentials.ts';
import { listenToCommands } from './realtime.ts';

/** Where an edge's commands come from. */
export interface CommandSource {
  /** GraphQL address, or what finds it at each attempt. */
  graphql: string | (() => Promise<string>);
  region: string;
  /** Of the edge's role; without it those of an edge of the local system. */
  credentials?: () => Promise<SigningCredentials>;
}

export interface EdgeCommandsOptions {
  edge_id: string;
  source: CommandSource;
  policiesVersion: () => string | undefined;
  setPolicies: (policies: PolicySet) => void;
  /** The paths of the edge's site, whenever they have been read. */
  onPaths: (paths: EdgePath[]) => void;
  /** What is other than before, and all routes that there are. Called after the first reading even if there are none. */
  onRoutes: (update: RouteUpdate, table: RouteTable) => void;
  /** How the way to an endpoint is measured; with real packets by default. */
  probe?: (way: ProbeWay) => Promise<ProbeAnswer>;
  /** Ends the boot if it is still the current one: the next report begins another. */
  endBoot: (boot_id: string) => void;
  /** Paths and routes that an earlier run read last: used while the system can't be reached. */
  kept?: KeptRoutes | undefined;
  /** What the system has said of them by now. */
  onKnown?: (known: { paths: EdgePath[]; routes: Route[] }) => void;
  /** Told whenever the edge has begun to listen. */
  onListening?: () => void;
  /** Told whenever the system can't be reached, or refuses. */
  onAway?: (reason: string) => void;
  onTrouble: (reason: string) => void;
  /** From 0 to 1: spreads the edges' readings after a hint. */
  random?: () => number;
}

/** Has an edge follow its commands, paths and routes until stopped. */
export function startEdgeCommands({
  edge_id,
  source,
  policiesVersion,
  setPolicies,
  onPaths,
  onRoutes,
  probe = way => probePath(way),
  endBoot,
  kept,
  onKnown = () => {},
  onListening = () => {},
  onAway = () => {},
  onTrouble,
  random = Math.random,
}: EdgeCommandsOptions): Following {
  const { graphql: url, region, credentials = async () => localEdgeCredentials(edge_id) } = source;
  const sign = makeSignPost({ region, credentials });
  const api = edgeApi({ url, edge_id, sign });
  let paths: EdgePath[] = [];
  const routes = followRoutes({
    read: () => api.edgeRoutes(),
    onPaths(read) {
      paths = read;
      onPaths(read);
    },
    onRoutes,
    kept,
    onKnown,
    onTrouble,
    random,
  });
  const commands = followCommands({
    api,
    listen: async (onCommand, signal) => {
      const at = typeof url === 'string' ? url : await url();
      return listenToCommands({ url: at, edge_id, sign, onCommand, signal });
    },
    policiesVersion,
    carryOut: makeCarryOut({
      api,
      probe: ({ path_id, target }) =>
        probe({ target, from: paths.find(path => path.path_id === path_id)?.address }),
      setPolicies,
      setRoutes: order => routes.apply(order),
      // Policies are taken at once; their routes are read as after any hint, since all edges hear of them at the same moment.
      refreshPaths: () => routes.hint(),
      endBoot,
      onRefused: ({ boot_id, reason }) =>
        onTrouble(`The system refuses reports of boot ${boot_id}; they are in its quarantine: ${reason}`),
    }),
    onListening() {
      routes.refresh();
      onListening();
    },
    onAway(reason) {
      routes.useKept();
      onAway(reason);
    },
    onTrouble,
  });
  return {
    async stop() {
      await Promise.all([commands.stop(), routes.stop()]);
    },
  };
}
