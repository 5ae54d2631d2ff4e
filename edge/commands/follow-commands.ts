import { LRUCache } from 'lru-cache';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import { backoffMs } from '../../core/storage/backoff.ts';
import { type Cancel, type Schedule, systemSchedule } from '../../core/time/schedule.ts';
import type { RoutesHint } from '../paths/routes-reading.ts';
import { endsBoot } from './carry-out.ts';
import type { EdgeApi } from './edge-api.ts';
import type { Heard, Listening } from './realtime.ts';

export interface FollowOptions {
  api: Pick<EdgeApi, 'pendingCommands' | 'acknowledge'>;
  /** Connects to the real-time endpoint. */
  listen: (heard: Heard, signal: AbortSignal) => Promise<Listening>;
  /** The policies' version that the edge applies; undefined: its policies are its own. */
  policiesVersion: () => string | undefined;
  /**
   * Executes a command. If it throws, the error is reported, and the pending commands are read
   * again soon.
   */
  carryOut: (command: PendingCommand) => Promise<void>;
  /** Reads paths and routes, regardless of earlier reads. */
  refreshRoutes: () => void;
  /** Reads them within `spread_ms` if the hint announces newer ones. */
  hintRoutes: (hint: RoutesHint, spread_ms: number) => void;
  /** Called whenever it has begun to listen: data that is read from then on misses nothing. */
  onListening?: () => void;
  /** Called whenever the system can't be reached, or refuses. */
  onAway?: (reason: string) => void;
  onTrouble: (reason: string) => void;
  /** From 0 to 1. */
  random?: () => number;
  schedule?: Schedule;
}

export interface Following {
  stop(): Promise<void>;
}

/**
 * While the edge can't listen, it polls: first within a second, then less often. With the time
 * limits of a connection attempt and of a request, two polls begin less than two minutes apart.
 */
const POLLING = { baseMs: 1000, capMs: 75_000 };

/**
 * While the edge listens, it polls only to find lost messages; the broadcast itself retries after
 * failures. So an hour is enough: two requests, at a different time for each edge.
 */
export const CHECK_MS = 3_600_000;

/**
 * Follows an edge's commands and news about its paths until stopped: it listens, reads everything
 * when it has begun to listen, and from then on only data that is announced as newer. While it
 * can't listen, it reads everything from time to time.
 */
export function followCommands({
  api,
  listen,
  policiesVersion,
  carryOut,
  refreshRoutes,
  hintRoutes,
  onListening = () => {},
  onAway = () => {},
  onTrouble,
  random = Math.random,
  schedule = systemSchedule,
}: FollowOptions): Following {
  const stopped = new AbortController();
  /**
   * Ids of stored commands that are done: a command can arrive both over the connection and with a
   * poll.
   */
  const done = new LRUCache<string, true>({ max: 1000 });
  const running = new Map<string, Promise<void>>();
  const later = new Set<Cancel>();
  let failed = 0;
  let wake = () => {};

  function accept(command: PendingCommand): void {
    if (done.has(command.id) || running.has(command.id)) return;
    const work = carryOutOnce(command).finally(() => running.delete(command.id));
    running.set(command.id, work);
  }

  async function carryOutOnce(command: PendingCommand): Promise<void> {
    try {
      await carryOut(command);
      failed = 0;
      // Commands that are never stored are judged by their version, not their id: after a restore
      // of the tables, a version can come twice.
      if (command.type !== 'POLICIES' && command.type !== 'PATHS') done.set(command.id, true);
      // The answer to a probe acknowledges it, and the version in the edge's reports acknowledges
      // its policies.
      if (isAcknowledged(command)) await api.acknowledge(command.id);
    } catch (cause) {
      onTrouble(`A command (${command.type}) could not be executed: ${(cause as Error).message}`);
      readAgain();
    }
  }

  /** Reads the pending commands again soon, and until that succeeds. */
  function readAgain(): void {
    within(backoffMs(failed++, { ...POLLING, random }), () => void poll(readAgain));
  }

  /**
   * Handles a command from the connection; of several versions of the policies, only the newest
   * matters.
   */
  function hear(command: PendingCommand): void {
    if (command.type === 'POLICIES' && !isNewer(command.data.policies_version)) return;
    accept(command);
  }

  function hearNews({ policies_version, routing_version, spread_s }: EdgeNews): void {
    const spread_ms = spread_s * 1000;
    hintRoutes({ routing_version }, spread_ms);
    if (!isNewer(policies_version)) return;
    within(random() * spread_ms, () => {
      const data = { policies_version };
      if (isNewer(policies_version)) accept(asCommand(data));
    });
  }

  function isNewer(policies_version: string): boolean {
    const applied = policiesVersion();
    return applied !== undefined && !(Number(policies_version) <= Number(applied));
  }

  function within(ms: number, run: () => void): void {
    const cancel = schedule(ms, () => {
      later.delete(cancel);
      if (!stopped.signal.aborted) run();
    });
    later.add(cancel);
  }

  /**
   * Reads everything.
   * @throws the error of reading the commands; reads of routes retry by themselves
   */
  async function readAll(): Promise<void> {
    refreshRoutes();
    for (const command of await api.pendingCommands(policiesVersion())) accept(command);
  }

  async function poll(onFailure = () => {}): Promise<void> {
    try {
      await readAll();
    } catch (cause) {
      if (stopped.signal.aborted) return;
      onTrouble((cause as Error).message);
      onFailure();
    }
  }

  async function follow(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; failures++) {
      let connection: Listening | undefined;
      let quiet = false;
      const heard: Heard = {
        onCommand: hear,
        onNews: hearNews,
        onQuiet(is) {
          quiet = is;
          wake();
        },
      };
      try {
        connection = await listen(heard, stopped.signal);
        failures = 0;
        onListening();
        await stayConnected(connection, () => quiet);
      } catch (cause) {
        if (!stopped.signal.aborted) {
          onAway((cause as Error).message);
          onTrouble((cause as Error).message);
        }
      }
      if (!connection && !stopped.signal.aborted) await poll();
      connection?.close();
      if (!stopped.signal.aborted) await pause(backoffMs(failures, { ...POLLING, random }));
    }
  }

  async function stayConnected(connection: Listening, isQuiet: () => boolean): Promise<void> {
    let open = true;
    void connection.closed.then(() => {
      open = false;
      wake();
    });
    for (let silent = 0; open && !stopped.signal.aborted; silent = isQuiet() ? silent + 1 : 0) {
      await readAll();
      if (!open || stopped.signal.aborted) return;
      const trusted = connection.announces && !isQuiet();
      await pause(trusted ? CHECK_MS * (0.75 + random() / 2) : untrustedPause(isQuiet(), silent));
    }
  }

  /**
   * The pause before a poll if nothing was heard for longer than the system's keep-alive interval,
   * or if the system's release announces less.
   */
  function untrustedPause(isQuiet: boolean, silent: number): number {
    return isQuiet ? backoffMs(silent, { ...POLLING, random }) : POLLING.capMs * (0.75 + random() / 4);
  }

  function pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = schedule(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  const following = follow();
  return {
    async stop() {
      stopped.abort();
      for (const cancel of later) cancel();
      wake();
      await following;
      await Promise.all(running.values());
    },
  };
}

/** Converts news of policies to the equivalent command. */
function asCommand(data: { policies_version: string }): PendingCommand {
  return { id: `policies-${data.policies_version}`, edge_id: '', type: 'POLICIES', data, created_at: '' };
}

/** False for a boot that continues: the same command then announces further refused reports. */
function isAcknowledged(command: PendingCommand): boolean {
  return command.type === 'ROUTES' || (command.type === 'NEW_BOOT' && endsBoot(command.data));
}
