import type { NewBootOrder } from '../../core/commands/edge-command.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import type { Schedule } from '../../core/time/schedule.ts';
import { followRoutes, type KeptRoutes } from '../paths/follow-routes.ts';
import type { Route, RouteTable, RouteUpdate } from '../paths/route-table.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';
import type { ProbeWay } from '../probe/probe-path.ts';
import { makeCarryOut } from './carry-out.ts';
import type { EdgeApi } from './edge-api.ts';
import { type Following, type FollowOptions, followCommands } from './follow-commands.ts';

/** The edge's reactions to the system. */
export interface EdgeDuties {
  /** Version of the policies that the edge applies; undefined: the policies are the user's own. */
  policiesVersion: () => string | undefined;
  setPolicies: (policies: PolicySet) => void;
  /** Called with the paths of the edge's site whenever they have been read. */
  onPaths: (paths: EdgePath[]) => void;
  /**
   * Called with the changed routes and with all routes; after the first read also if there are
   * none.
   */
  onRoutes: (update: RouteUpdate, table: RouteTable) => void;
  /** Ends the boot if it is still the current one: the next report starts another one. */
  endBoot: (boot_id: string) => void;
  /** The last paths and routes of an earlier run, used while the system can't be reached. */
  kept?: KeptRoutes | undefined;
  /** Called with the current paths and routes. */
  onKnown?: (known: { paths: EdgePath[]; routes: Route[] }) => void;
  /** Called whenever the edge has begun to listen. */
  onListening?: () => void;
  /** Called whenever the system can't be reached, or refuses. */
  onAway?: (reason: string) => void;
  onTrouble: (reason: string) => void;
}

export interface FollowSystemOptions extends EdgeDuties, Pick<FollowOptions, 'listen'> {
  api: EdgeApi;
  /** Measures the way to an endpoint. */
  probe: (way: ProbeWay) => Promise<ProbeAnswer>;
  /** From 0 to 1: spreads the edges' reads. */
  random?: () => number;
  schedule?: Schedule;
}

/** Lets an edge follow its commands, paths, routes and policies until stopped. */
export function followSystem({
  api,
  listen,
  probe,
  policiesVersion,
  setPolicies,
  onPaths,
  onRoutes,
  endBoot,
  kept,
  onKnown,
  onListening,
  onAway = () => {},
  onTrouble,
  ...timing
}: FollowSystemOptions): Following {
  let paths: EdgePath[] = [];
  const routes = followRoutes({
    read(routing_version) {
      const policies_version = policiesVersion();
      // Routes for the user's own policies are read without versions.
      const known = routing_version !== undefined && policies_version !== undefined;
      return api.edgeRoutes(known ? { policies_version, routing_version } : undefined);
    },
    onPaths(read) {
      paths = read;
      onPaths(read);
    },
    onRoutes,
    kept,
    ...(onKnown && { onKnown }),
    onTrouble,
    ...timing,
  });
  const commands = followCommands({
    api,
    listen,
    policiesVersion,
    carryOut: makeCarryOut({
      api,
      probe: ({ path_id, target }) =>
        probe({ target, from: paths.find(path => path.path_id === path_id)?.address }),
      setPolicies,
      setRoutes: order => routes.apply(order),
      hintPaths: hint => routes.hint(hint),
      endBoot,
      onRefused: order => onTrouble(refusal(order)),
    }),
    refreshRoutes: () => routes.refresh(),
    hintRoutes: (hint, spread_ms) => routes.hint(hint, spread_ms),
    ...(onListening && { onListening }),
    onAway(reason) {
      routes.applyKept();
      onAway(reason);
    },
    onTrouble,
    ...timing,
  });
  return {
    async stop() {
      await Promise.all([commands.stop(), routes.stop()]);
    },
  };
}

function refusal({ boot_id, reason }: NewBootOrder): string {
  return `The system refuses reports of boot ${boot_id}; they are in its quarantine: ${reason}`;
}
