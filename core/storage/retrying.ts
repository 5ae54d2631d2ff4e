import { Conflict, Throttled } from '../errors.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import { backoffMs } from './backoff.ts';
import { classifyFailure, type Failure } from './failure.ts';

/** How long and by which clock a caller repeats a call that failed temporarily. */
export interface Retrying {
  clock: Clock;
  sleep: Sleep;
  /** 0 ≤ random() < 1, for the jitter. */
  random: () => number;
  /** No new attempt starts after this time, milliseconds since the epoch. */
  deadline: number;
}

/** A condition of a write did not hold: the data that was read before is out of date. */
export class ConditionFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super('a condition did not hold', { cause: failure.cause });
    this.name = 'ConditionFailed';
    this.failure = failure;
  }
}

/** Whether the conditions of a write held. @throws any other error of the write */
export async function conditionHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (cause) {
    if (cause instanceof ConditionFailed) return false;
    throw cause;
  }
}

/**
 * Runs `attempt` until it succeeds or the deadline is reached, with full jitter between attempts.
 * Use it for calls that may be repeated when their outcome is unknown: reads, idempotent writes,
 * transactions with a request token.
 *
 * @throws ConditionFailed at once · Conflict or Throttled at the deadline · an error that a
 * repetition can't help, unchanged
 */
export async function repeatUntil<T>(
  { clock, sleep, random, deadline }: Retrying,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let attempts = 0; ; attempts++) {
    try {
      return await attempt();
    } catch (cause) {
      const failure = classifyFailure(cause);
      if (failure.kind === 'condition') throw new ConditionFailed(failure);
      if (failure.kind === 'fatal' || failure.kind === 'validation') throw cause;
      const wait = backoffMs(attempts, { random });
      if (clock() + wait >= deadline) throw outOfTime(failure);
      await sleep(wait);
    }
  }
}

/** The error when there is no time left for repetitions. */
export function outOfTime({ kind, cause }: Pick<Failure, 'kind' | 'cause'>): Conflict | Throttled {
  return kind === 'throttled' || kind === 'unknown'
    ? new Throttled('The database is too busy to do this now. Try again in a minute.', { cause })
    : new Conflict('Another request is changing the same data. Try again in a moment.', { cause });
}

/**
 * Whether an error means that the database was busy for too long. Work that was begun stays begun.
 */
export const isBusy = (cause: unknown): boolean => cause instanceof Throttled || cause instanceof Conflict;
