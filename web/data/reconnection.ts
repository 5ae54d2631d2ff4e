import type { Clock } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';

/** The state of the live connection and, if it is lost, the time of the next retry. */
export type LiveState =
  /** `again`: it is a retry after a lost connection. */
  | { kind: 'CONNECTING'; again: boolean }
  | { kind: 'LIVE' }
  /**
   * `retry_at_ms`: the time of the next retry; null: as soon as the browser is online, or when the
   * connection recovers by itself.
   */
  | { kind: 'CUT'; retry_at_ms: number | null };

export type LiveEvent =
  /** The connection, or a subscription on it, has ended. */
  | 'CUT'
  /** The connection is up but silent for long: it is left alone. */
  | 'DOUBTFUL'
  /** A connection is being opened. */
  | 'CONNECTING'
  /** The API has acknowledged all subscriptions. */
  | 'ACKNOWLEDGED'
  /** The time `wake_at_ms` has been reached. */
  | 'TIME'
  /** The browser is online again, or the page is visible again. */
  | 'WAKE'
  /** The browser is offline. */
  | 'OFFLINE';

export interface Reconnection {
  state: LiveState;
  /** Tries since the connection was last there. */
  tries: number;
  online: boolean;
  /** When `TIME` is due; null: no timer is set. */
  wake_at_ms: number | null;
}

export interface Step {
  next: Reconnection;
  /** Whether the subscriptions must be opened again now. */
  connect: boolean;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * An attempt without a result for this long has failed; it is longer than the client's own timeout
 * for an acknowledgement.
 */
const TRY_MS = 20_000;

export const BEGINNING: Reconnection = {
  state: { kind: 'CONNECTING', again: false },
  tries: 0,
  online: true,
  wake_at_ms: null,
};

/**
 * The delay after a number of failed attempts: 1, 2, 4 … 30 s, shortened by up to half by `random`
 * (0 to 1), so that not all consoles reconnect at the same time.
 */
export function waitMs(tries: number, random: number): number {
  const whole = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
  return Math.round(whole * (1 - random / 2));
}

/** The next state after an event. Pure. */
function afterEvent(
  now: Reconnection,
  event: LiveEvent,
  { now_ms, random }: { now_ms: number; random: number },
): Step {
  const stay = (next: Partial<Reconnection>): Step => ({ next: { ...now, ...next }, connect: false });
  const attempt = (): Step => ({
    next: {
      state: { kind: 'CONNECTING', again: true },
      tries: now.tries + 1,
      online: true,
      wake_at_ms: now_ms + TRY_MS,
    },
    connect: true,
  });
  const isCut = now.state.kind === 'CUT';
  switch (event) {
    case 'ACKNOWLEDGED':
      return stay({ state: { kind: 'LIVE' }, tries: 0, wake_at_ms: null });
    case 'CUT': {
      // An attempt consists of several attempts of the client: the first that fails starts the
      // delay, and later ones do not extend it.
      if (isCut && (now.wake_at_ms !== null || !now.online)) return stay({});
      const retry_at_ms = now.online ? now_ms + waitMs(now.tries, random) : null;
      return stay({ state: { kind: 'CUT', retry_at_ms }, wake_at_ms: retry_at_ms });
    }
    case 'DOUBTFUL':
      return isCut ? stay({}) : stay({ state: { kind: 'CUT', retry_at_ms: null }, wake_at_ms: null });
    case 'CONNECTING':
      return now.state.kind === 'LIVE' ? stay({ state: { kind: 'CONNECTING', again: true } }) : stay({});
    case 'OFFLINE':
      return isCut
        ? stay({ state: { kind: 'CUT', retry_at_ms: null }, online: false, wake_at_ms: null })
        : stay({ online: false });
    case 'WAKE':
      return isCut && (now.wake_at_ms !== null || !now.online) ? attempt() : stay({ online: true });
    case 'TIME':
      return isCut || now.state.kind === 'CONNECTING' ? attempt() : stay({ wake_at_ms: null });
  }
}

export interface ReconnectionOptions {
  clock: Clock;
  schedule: Schedule;
  /** From 0 to 1. */
  random(): number;
  /** Opens every subscription again that is not acknowledged. */
  connect(): void;
  onState(state: LiveState): void;
}

/**
 * Follows the events of a connection and reopens it when a retry is due.
 * @returns the function that receives the events
 */
export function keepConnected(options: ReconnectionOptions): (event: LiveEvent) => void {
  const { clock, schedule, random, connect, onState } = options;
  let now = BEGINNING;
  let cancel = (): void => {};
  return function take(event) {
    const before = now;
    const step = afterEvent(now, event, { now_ms: clock(), random: random() });
    now = step.next;
    if (now.wake_at_ms !== before.wake_at_ms) {
      cancel();
      if (now.wake_at_ms !== null) cancel = schedule(now.wake_at_ms - clock(), () => take('TIME'));
    }
    if (now.state !== before.state) onState(now.state);
    if (step.connect) connect();
  };
}
