import { Conflict, Throttled } from '../errors.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import { backoffMs } from './backoff.ts';
import { classifyFailure, type Failure } from './failure.ts';

/** How long and by which clock a caller repeats what DynamoDB refused for the moment. */
export interface Retrying {
  clock: Clock;
  sleep: Sleep;
  /** 0 ≤ random() < 1, for the jitter. */
  random: () => number;
  /** No new attempt starts after it: milliseconds since the epoch. */
  deadline: number;
}

/** A condition of a write did not hold: what was read before is out of date. */
export class ConditionFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super('a condition did not hold', { cause: failure.cause });
    this.name = 'ConditionFailed';
    this.failure = failure;
  }
}

/** Whether the conditions of a write held. @throws whatever else the write fails with */
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
 * Runs `attempt` until it succeeds or the deadline comes, with full jitter between attempts. Only
 * for what may be repeated when nobody knows whether it happened: reads, idempotent writes,
 * transactions with a request token.
 *
 * @throws ConditionFailed at once · Conflict or Throttled at the deadline · anything that repeating
 * can't help, as it is
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

/** What a caller is told when the time for repeating is over. */
export function outOfTime({ kind, cause }: Pick<Failure, 'kind' | 'cause'>): Conflict | Throttled {
  return kind === 'throttled' || kind === 'unknown'
    ? new Throttled('The database is too busy to do this now. Try again in a minute.', { cause })
    : new Conflict('Somebody else is changing the same thing right now. Try again in a moment.', { cause });
}

/** Whether the database refused for too long; what was begun stays begun. */
export const isBusy = (cause: unknown): boolean => cause instanceof Throttled || cause instanceof Conflict;
