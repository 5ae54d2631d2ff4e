import type { Lane } from './lane.ts';

/**
 * Reports that are closer to each other tell no rate, milliseconds: live edges report each second
 * at most.
 */
const LEAST_MS = 500;

/**
 * The time between the last report of a lane's boot and the one that comes, by the edge's clock,
 * which never runs ahead of the arrival. Milliseconds; undefined where the boot has not reported
 * yet, or both reports are of nearly the same instant: a capture that is replayed as fast as it
 * goes, a last report at the end of a run.
 */
export function ratedMs(
  { seq, sent_at_ms: before_ms }: Pick<Lane, 'seq' | 'sent_at_ms'>,
  sent_at_ms: number,
): number | undefined {
  const ms = sent_at_ms - before_ms;
  return seq < 0 || ms < LEAST_MS ? undefined : ms;
}
