import type { RoutesOrder } from '../../core/commands/edge-command.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import { backoffMs } from '../../core/storage/backoff.ts';
import { type Cancel, type Schedule, systemSchedule } from '../../core/time/schedule.ts';
import { type Route, RouteTable, type RouteUpdate } from './route-table.ts';
import {
  bothDue,
  type Due,
  dueOf,
  isNews,
  type RoutesHint,
  type RoutesReading,
  type RoutesState,
} from './routes-reading.ts';

/** What an earlier run read last. */
export interface KeptRoutes {
  paths: EdgePath[];
  routes: Route[];
  /** Called when they are taken. */
  onUse?: () => void;
}

export interface FollowRoutesOptions {
  /**
   * All peers of the edge's site, with routing of this version at least; undefined: as everything
   * is now.
   */
  read: (routing_version: number | undefined) => Promise<RoutesReading>;
  /** The edge's paths, whenever they have been read. */
  onPaths: (paths: EdgePath[]) => void;
  /**
   * What is other than before, and all routes that there are. Called after the first reading even
   * if there are none.
   */
  onRoutes: (update: RouteUpdate, table: RouteTable) => void;
  onTrouble: (reason: string) => void;
  /** What an earlier run read last. */
  kept?: KeptRoutes | undefined;
  /** What the system has said by now, after each reading and order. */
  onKnown?: (known: { paths: EdgePath[]; routes: Route[] }) => void;
  /** From 0 to 1: how much of its time a reading waits that a hint asks for or that has failed. */
  random?: () => number;
  schedule?: Schedule;
}

/**
 * Hints come to the edges of many sites at the same moment: their readings are spread over so long.
 * That changes nothing for traffic that has to move, since orders bring their routes with them.
 */
const HINT_SPREAD_MS = 5000;

/** A reading that has failed is repeated, first soon, and within so long in any case. */
const RETRY = { baseMs: 1000, capMs: 75_000 };

export interface FollowingRoutes {
  /** Reads paths and routes anew, now or right after the reading under way. */
  refresh(): void;
  /**
   * Reads them anew within `spread_ms`, 5 s without it, once for all hints until then; not at all
   * where what was read is as new as the hint.
   */
  hint(hint: RoutesHint, spread_ms?: number): void;
  /** Nothing can be read: takes the kept routes, unless others were read or ordered before. */
  takeKept(): void;
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
  random = Math.random,
  schedule = systemSchedule,
}: FollowRoutesOptions): FollowingRoutes {
  const table = new RouteTable();
  let stopped = false;
  let wanted = false;
  let due: Due | undefined;
  let paths: EdgePath[] = kept?.paths ?? [];
  let everRead = false;
  let keptIsUsed = false;
  let state: RoutesState | undefined;
  let failures = 0;
  let reading: Promise<void> | undefined;
  let cancelRetry: Cancel | undefined;
  const hints = new Set<Cancel>();

  async function readWhileWanted(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false;
      const seen = due ?? 'now';
      due = undefined;
      try {
        // Never less than what the edge has: news of it was heard, and isn't told again.
        const at_least = seen === 'now' || !state ? undefined : Math.max(seen, state.routing_version);
        const { peers, ...read_at } = await read(at_least);
        failures = 0;
        // What an order changed meanwhile may be newer than what was read.
        if (wanted || stopped) {
          due = bothDue(due, seen);
          continue;
        }
        state = read_at.state;
        paths = peers.flatMap(one => one.paths);
        onPaths(paths);
        const update = table.replace(peers);
        if (everRead) tell(update);
        else onRoutes(update, table);
        everRead = true;
        onKnown({ paths, routes: table.list() });
      } catch (cause) {
        due = bothDue(due, seen);
        takeKept();
        onTrouble(`The paths could not be read: ${(cause as Error).message}`);
        if (!stopped) cancelRetry ??= schedule(backoffMs(failures++, { ...RETRY, random }), begin);
      }
    }
  }

  function tell(update: RouteUpdate): void {
    if (update.changes.length > 0 || update.removed > 0) onRoutes(update, table);
  }

  function takeKept(): void {
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
    due = 'now';
    begin();
  }

  /** Reads what is due. */
  function begin(): void {
    if (stopped) return;
    cancelWaiting();
    wanted = true;
    reading ??= readWhileWanted().finally(() => {
      reading = undefined;
    });
  }

  /** A reading that begins now makes those that are due later needless. */
  function cancelWaiting(): void {
    cancelRetry?.();
    cancelRetry = undefined;
    for (const cancel of hints) cancel();
    hints.clear();
  }

  return {
    refresh,
    takeKept,
    hint(hint, spread_ms = HINT_SPREAD_MS) {
      if (stopped || !isNews(hint, state)) return;
      due = bothDue(due, dueOf(hint));
      const cancel = schedule(random() * spread_ms, () => {
        hints.delete(cancel);
        if (!isNews(hint, state)) return;
        due = bothDue(due, dueOf(hint));
        begin();
      });
      hints.add(cancel);
    },
    apply(order) {
      tell({ changes: table.apply(order), removed: 0 });
      onKnown({ paths, routes: table.list() });
      if (!reading) return;
      wanted = true;
      due = 'now';
    },
    async stop() {
      stopped = true;
      cancelWaiting();
      await reading;
    },
  };
}
