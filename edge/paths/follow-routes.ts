import type { RoutesOrder } from '../../core/commands/edge-command.ts';
import type { EdgePath, EdgeRoutes } from '../../core/routing/edge-routes.ts';
import { type Cancel, type Schedule, systemSchedule } from '../../core/time/schedule.ts';
import { type Route, RouteTable, type RouteUpdate } from './route-table.ts';

/** What an earlier run read last. */
export interface KeptRoutes {
  paths: EdgePath[];
  routes: Route[];
  /** Called when they are taken. */
  onUse?: () => void;
}

export interface FollowRoutesOptions {
  /** All peers of the edge's site. */
  read: () => Promise<EdgeRoutes[]>;
  /** The edge's paths, whenever they have been read. */
  onPaths: (paths: EdgePath[]) => void;
  /** What is other than before, and all routes that there are. Called after the first reading even if there are none. */
  onRoutes: (update: RouteUpdate, table: RouteTable) => void;
  onTrouble: (reason: string) => void;
  /** What an earlier run read last. */
  kept?: KeptRoutes | undefined;
  /** What the system has said by now, after each reading and order. */
  onKnown?: (known: { paths: EdgePath[]; routes: Route[] }) => void;
  /** They are read at least so often: preferences follow measurements, and a hint may be lost. */
  reread_ms?: number;
  /** From 0 to 1: how much of {@link HINT_SPREAD_MS} a reading waits that a hint asks for. */
  random?: () => number;
  schedule?: Schedule;
}

/**
 * Hints come to all edges of a network at the same moment: their readings are spread over so long. That changes nothing for traffic that
 * has to move, since orders bring their routes with them.
 */
const HINT_SPREAD_MS = 5000;

export interface FollowingRoutes {
  /** Reads paths and routes anew, now or right after the reading under way. */
  refresh(): void;
  /** Reads them anew within a few seconds, once for all hints until then. */
  hint(): void;
  /** Nothing can be read: takes the kept routes, unless others were read or ordered before. */
  useKept(): void;
  /** Takes an order's routes. */
  apply(order: RoutesOrder): void;
  stop(): Promise<void>;
}

/** Keeps an edge's paths and routes as the system has them. Begins with the first `refresh`. */
export function followRoutes({
  read,
  onPaths,
  onRoutes,
  onTrouble,
  kept,
  onKnown = () => {},
  reread_ms = 120_000,
  random = Math.random,
  schedule = systemSchedule,
}: FollowRoutesOptions): FollowingRoutes {
  const table = new RouteTable();
  let stopped = false;
  let wanted = false;
  let paths: EdgePath[] = kept?.paths ?? [];
  let everRead = false;
  let keptIsUsed = false;
  let reading: Promise<void> | undefined;
  let cancel = () => {};
  let cancelHint: Cancel | undefined;

  async function readWhileWanted(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false;
      try {
        const neighbours = await read();
        // What an order changed meanwhile may be newer than what was read.
        if (wanted || stopped) continue;
        paths = neighbours.flatMap(one => one.paths);
        onPaths(paths);
        const update = table.replace(neighbours);
        if (everRead) tell(update);
        else onRoutes(update, table);
        everRead = true;
        onKnown({ paths, routes: table.list() });
      } catch (cause) {
        useKept();
        onTrouble(`The paths could not be read: ${(cause as Error).message}`);
      }
    }
  }

  function tell(update: RouteUpdate): void {
    if (update.changes.length > 0 || update.removed > 0) onRoutes(update, table);
  }

  function useKept(): void {
    if (everRead || keptIsUsed || !kept) return;
    keptIsUsed = true;
    const ordered = table.list();
    onPaths(kept.paths);
    const bySite = (routes: readonly Route[]) =>
      Array.from(
        Map.groupBy(routes, route => route.destination_site_id),
        ([destination_site_id, of]) => ({
          destination_site_id,
          routes: of,
        }),
      );
    const update = table.replace(bySite(kept.routes));
    for (const order of bySite(ordered)) table.apply(order);
    onRoutes(update, table);
    kept.onUse?.();
  }

  function refresh(): void {
    if (stopped) return;
    cancelHint?.();
    cancelHint = undefined;
    wanted = true;
    reading ??= readWhileWanted().finally(() => {
      reading = undefined;
    });
    cancel();
    cancel = schedule(reread_ms, refresh);
  }

  return {
    refresh,
    useKept,
    hint() {
      if (!stopped) cancelHint ??= schedule(random() * HINT_SPREAD_MS, refresh);
    },
    apply(order) {
      tell({ changes: table.apply(order), removed: 0 });
      onKnown({ paths, routes: table.list() });
      if (reading) wanted = true;
    },
    async stop() {
      stopped = true;
      cancel();
      cancelHint?.();
      await reading;
    },
  };
}
