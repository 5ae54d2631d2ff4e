/** Where and when a report came in. */
export interface Arrival {
  /** Arrival in the stream, milliseconds. */
  at_ms: number;
  /** The counter slot of the shard that it came by. */
  slot: number;
}
