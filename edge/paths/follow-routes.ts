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

/** The last paths and routes of an earlier run. */
export interface KeptRoutes {
  paths: EdgePath[];
  routes: Route[];
  /** Called when they are applied. */
  onUse?: () => void;
}

export interface FollowRoutesOptions {
  /**
   * Reads all peers of the edge's site, with at least this routing version; undefined: the current
   * state.
   */
  read: (routing_version: number | undefined) => Promise<RoutesReading>;
  /** Called with the edge's paths whenever they have been read. */
  onPaths: (paths: EdgePath[]) => void;
  /**
   * Called with the changed routes and with all routes; after the first read also if there are
   * none.
   */
  onRoutes: (update: RouteUpdate, table: RouteTable) => void;
  onTrouble: (reason: string) => void;
  /** The last paths and routes of an earlier run. */
  kept?: KeptRoutes | undefined;
  /** Called with the current paths and routes after each read and order. */
  onKnown?: (known: { paths: EdgePath[]; routes: Route[] }) => void;
  /** From 0 to 1: the part of its maximum delay that a read waits after a hint or a failure. */
  random?: () => number;
  schedule?: Schedule;
}

/**
 * Hints reach the edges of many sites at the same time: their reads are spread over this time. This
 * does not delay traffic that has to move, because orders contain their routes.
 */
const HINT_SPREAD_MS = 5000;

/** Delays of the retries after a failed read. */
const RETRY = { baseMs: 1000, capMs: 75_000 };

export interface FollowingRoutes {
  /** Reads paths and routes again, now or right after the read in progress. */
  refresh(): void;
  /**
   * Reads them again within `spread_ms` (default 5 s), once for all hints until then; not at all if
   * the last read is as new as the hint.
   */
  hint(hint: RoutesHint, spread_ms?: number): void;
  /**
   * Applies the kept routes because nothing can be read, unless others were read or ordered before.
   */
  applyKept(): void;
  /** Applies an order's routes. */
  apply(order: RoutesOrder): void;
  stop(): Promise<void>;
}

/** Keeps an edge's paths and routes in line with the system. Starts with the first `refresh`. */
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
        // At least the edge's own version: news of it has already arrived and is not repeated.
        const at_least = seen === 'now' || !state ? undefined : Math.max(seen, state.routing_version);
        const { peers, ...read_at } = await read(at_least);
        failures = 0;
        // Routes of an order that arrived meanwhile may be newer than those that were read.
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
        applyKept();
        onTrouble(`The paths could not be read: ${(cause as Error).message}`);
        if (!stopped) cancelRetry ??= schedule(backoffMs(failures++, { ...RETRY, random }), begin);
      }
    }
  }

  function tell(update: RouteUpdate): void {
    if (update.changes.length > 0 || update.removed > 0) onRoutes(update, table);
  }

  function applyKept(): void {
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

  /** Starts the read that is due. */
  function begin(): void {
    if (stopped) return;
    cancelWaiting();
    wanted = true;
    reading ??= readWhileWanted().finally(() => {
      reading = undefined;
    });
  }

  /** A read that begins now makes later ones unnecessary. */
  function cancelWaiting(): void {
    cancelRetry?.();
    cancelRetry = undefined;
    for (const cancel of hints) cancel();
    hints.clear();
  }

  return {
    refresh,
    applyKept,
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
