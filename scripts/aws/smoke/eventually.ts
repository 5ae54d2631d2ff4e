import { EdgeError } from '../../../edge/edge-error.ts';
import type { Bench } from './smoke-step.ts';

const POLL_MS = 1000;

/** The person at the terminal interrupted the test. */
export class SmokeInterrupted extends EdgeError {}

export interface Expectation<Seen> {
  /** The awaited event, such as "the reports to be counted". */
  what: string;
  /** The time limit, seconds. */
  limit_s: number;
  /**
   * The delay between two checks, milliseconds; longer for checks that use much of the query
   * budget.
   */
  every_ms?: number;
  /** Undefined: not yet. */
  look(): Promise<Seen | undefined>;
  /**
   * Errors that are retried, such as a permission that is not effective everywhere yet; default:
   * none.
   */
  mayPass?: (cause: unknown) => boolean;
}

/**
 * Repeats a check until it returns a value.
 * @throws EdgeError after the limit · SmokeInterrupted
 */
export async function eventually<Seen>(
  { signal, clock, sleep, say }: Pick<Bench, 'signal' | 'clock' | 'sleep' | 'say'>,
  { what, limit_s, every_ms = POLL_MS, look, mayPass = () => false }: Expectation<Seen>,
): Promise<Seen> {
  const end = clock() + limit_s * 1000;
  let last: unknown;
  for (let looks = 0; ; looks++) {
    if (signal.aborted) throw new SmokeInterrupted('Interrupted.');
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      last = undefined;
    } catch (cause) {
      if (!mayPass(cause)) throw cause;
      last = cause;
    }
    if (clock() >= end) break;
    if (looks === 0) say(`Waiting for ${what} (at most ${limit_s} s) …`);
    await sleep(every_ms);
  }
  const why = last instanceof Error ? ` The last answer: ${last.message}` : '';
  throw new EdgeError(`Waited ${limit_s} s for ${what} without success.${why}`, { cause: last });
}
