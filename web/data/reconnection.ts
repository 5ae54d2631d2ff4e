import type { Clock } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';

/** Whether what happens is heard at once, and if not, when that is tried again. */
export type LiveState =
  /** `again`: it is a try after a cut. */
  | { kind: 'CONNECTING'; again: boolean }
  | { kind: 'LIVE' }
  /**
   * `retry_at_ms`: when it is tried again; null: as soon as the browser is online, or the
   * connection comes back by itself.
   */
  | { kind: 'CUT'; retry_at_ms: number | null };

export type LiveEvent =
  /** The connection, or a subscription on it, has ended. */
  | 'CUT'
  /** The connection is there, but nothing was heard on it for long: it isn't touched. */
  | 'DOUBTFUL'
  /** A connection is being made. */
  | 'CONNECTING'
  /** The API has taken all subscriptions. */
  | 'ACKNOWLEDGED'
  /** The time that `wake_at_ms` names has come. */
  | 'TIME'
  /** The browser has a network again, or the page is looked at again. */
  | 'WAKE'
  /** The browser has no network. */
  | 'OFFLINE';

export interface Reconnection {
  state: LiveState;
  /** Tries since the connection was last there. */
  tries: number;
  online: boolean;
  /** When `TIME` is due; null: nothing is waited for. */
  wake_at_ms: number | null;
}

export interface Step {
  next: Reconnection;
  /** Whether the subscriptions have to be made anew now. */
  connect: boolean;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * A try of which nothing has come for so long has failed: longer than the client itself waits for
 * an acknowledgement.
 */
const TRY_MS = 20_000;

export const BEGINNING: Reconnection = {
  state: { kind: 'CONNECTING', again: false },
  tries: 0,
  online: true,
  wake_at_ms: null,
};

/**
 * How long to wait after so many tries: 1, 2, 4 … 30 s, of which `random` (0 to 1) takes up to
 * half, so that not all consoles come at once.
 */
export function waitMs(tries: number, random: number): number {
  const whole = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
  return Math.round(whole * (1 - random / 2));
}

/** What an event changes. Pure. */
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
      // A try consists of several of the client's own: the first that fails begins the wait, and it
      // isn't made longer.
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
  /** Makes anew what isn't acknowledged. */
  connect(): void;
  onState(state: LiveState): void;
}

/**
 * Follows the events of a connection, and has it made anew when it is time. @returns what takes the
 * events
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
