import type { Lane } from './lane.ts';

/** When a report arrived, and by which counter slot. */
export interface Arrival {
  /** Arrival in the stream, milliseconds. */
  at_ms: number;
  /** The counter slot of its shard. */
  slot: number;
}

/** The slot and the arrival times of a lane after a report was applied. */
export function heardAt(
  { first_heard_at_ms, last_heard_at_ms }: Pick<Lane, 'first_heard_at_ms' | 'last_heard_at_ms'>,
  { at_ms, slot }: Arrival,
): Pick<Lane, 'slot' | 'first_heard_at_ms' | 'last_heard_at_ms'> {
  return {
    slot,
    first_heard_at_ms: Math.min(first_heard_at_ms, at_ms),
    last_heard_at_ms: Math.max(last_heard_at_ms, at_ms),
  };
}
