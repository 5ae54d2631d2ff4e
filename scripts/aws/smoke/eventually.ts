import { EdgeError } from '../../../edge/edge-error.ts';
import type { Bench } from './smoke-step.ts';

const POLL_MS = 1000;

/** The test was ended by the person at the terminal. */
export class SmokeInterrupted extends EdgeError {}

export interface Expectation<Seen> {
  /** What is waited for, such as "the reports to be counted". */
  what: string;
  /** How long at most, seconds. */
  limit_s: number;
  /**
   * How long to wait between two looks, milliseconds; a look that costs the budget of queries is
   * not taken each second.
   */
  every_ms?: number;
  /** Undefined: not yet. */
  look(): Promise<Seen | undefined>;
  /** Errors that may pass, such as a right that is not known everywhere yet; without it none. */
  mayPass?: (cause: unknown) => boolean;
}

/**
 * Looks again and again until something is seen. @throws EdgeError after the limit ·
 * SmokeInterrupted
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
    if (looks === 0) say(`Waiting for ${what} (${limit_s} s at most) …`);
    await sleep(every_ms);
  }
  const why = last instanceof Error ? ` The last answer: ${last.message}` : '';
  throw new EdgeError(`Waited ${limit_s} s for ${what}, in vain.${why}`, { cause: last });
}
