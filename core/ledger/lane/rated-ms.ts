import type { Lane } from './lane.ts';

/**
 * Between reports that are closer no rate is computed, milliseconds. Live edges report at most once
 * a second.
 */
const MIN_MS = 500;

/**
 * The time between the last report of a lane's boot and the new one, by the edge's clock,
 * milliseconds. Undefined if the boot has not reported yet, or both reports are of nearly the same
 * instant: a capture that is replayed at full speed, or a last report at the end of a run.
 */
export function ratedMs(
  { seq, sent_at_ms: before_ms }: Pick<Lane, 'seq' | 'sent_at_ms'>,
  sent_at_ms: number,
): number | undefined {
  const ms = sent_at_ms - before_ms;
  return seq < 0 || ms < MIN_MS ? undefined : ms;
}
