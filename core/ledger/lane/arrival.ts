import type { Lane } from './lane.ts';

/** Where and when a report came in. */
export interface Arrival {
  /** Arrival in the stream, milliseconds. */
  at_ms: number;
  /** The counter slot of the shard that it came by. */
  slot: number;
}

/** What a report that was applied leaves in its lane of where and when it came in. */
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
