import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import { backoffMs } from '../../core/storage/backoff.ts';
import { endsBoot } from './carry-out.ts';
import type { EdgeApi } from './edge-api.ts';
import type { Listening } from './realtime.ts';

export interface FollowOptions {
  api: EdgeApi;
  /** Connects to the real-time endpoint. */
  listen: (onCommand: (command: PendingCommand) => void, signal: AbortSignal) => Promise<Listening>;
  /** The policies' version that the edge applies. */
  policiesVersion: () => string | undefined;
  /** Does a command. What it throws is told, and the command comes again with the next reading. */
  carryOut: (command: PendingCommand) => Promise<void>;
  /** Told whenever it has begun to listen: what is read from then on misses nothing. */
  onListening?: () => void;
  /** Told whenever the system can't be reached, or refuses. */
  onAway?: (reason: string) => void;
  onTrouble: (reason: string) => void;
  /** Pending commands are read at least so often, whatever the connection says. */
  reread_ms?: number;
}

export interface Following {
  stop(): Promise<void>;
}

const BACKOFF = { baseMs: 500, capMs: 30_000 };

/**
 * Follows an edge's commands until stopped: listens, reads what is pending, does each once, acknowledges it, and connects again
 * with growing patience whenever the connection ends. An edge that was away misses nothing.
 */
export function followCommands({
  api,
  listen,
  policiesVersion,
  carryOut,
  onListening = () => {},
  onAway = () => {},
  onTrouble,
  reread_ms = 300_000,
}: FollowOptions): Following {
  const stopped = new AbortController();
  /** Ids of what is done: a command comes over the connection and with a reading. */
  const done = new LRUCache<string, true>({ max: 1000 });
  const running = new Map<string, Promise<void>>();

  function take(command: PendingCommand): Promise<void> {
    if (done.has(command.id)) return Promise.resolve();
    const known = running.get(command.id);
    if (known) return known;
    const work = carryOutOnce(command).finally(() => running.delete(command.id));
    running.set(command.id, work);
    return work;
  }

  async function carryOutOnce(command: PendingCommand): Promise<void> {
    try {
      await carryOut(command);
      done.set(command.id, true);
      // The answer to a probe acknowledges it, and the version that an edge reports acknowledges its policies.
      if (isAcknowledged(command)) await api.acknowledge(command.id);
    } catch (cause) {
      onTrouble(`A command (${command.type}) could not be done: ${(cause as Error).message}`);
    }
  }

  async function readPending(): Promise<void> {
    const commands = await api.pendingCommands(policiesVersion());
    await Promise.all(commands.map(take));
  }

  async function follow(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; ) {
      let connection: Listening | undefined;
      try {
        connection = await listen(command => void take(command), stopped.signal);
        failures = 0;
        onListening();
        await stayConnected(connection);
      } catch (cause) {
        if (!stopped.signal.aborted) {
          onAway((cause as Error).message);
          onTrouble((cause as Error).message);
        }
      }
      connection?.close();
      if (stopped.signal.aborted) return;
      await pause(backoffMs(failures++, BACKOFF), stopped.signal);
    }
  }

  async function stayConnected(connection: Listening): Promise<void> {
    let open = true;
    const closed = connection.closed.then(() => {
      open = false;
    });
    while (open && !stopped.signal.aborted) {
      await readPending();
      const wait = new AbortController();
      await Promise.race([closed, pause(reread_ms, AbortSignal.any([stopped.signal, wait.signal]))]);
      wait.abort();
    }
  }

  const following = follow();
  return {
    async stop() {
      stopped.abort();
      await following;
      await Promise.all(running.values());
    },
  };
}

/** A boot that goes on is told of more refused reports by the same command. */
function isAcknowledged(command: PendingCommand): boolean {
  return command.type === 'ROUTES' || (command.type === 'NEW_BOOT' && endsBoot(command.data));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
