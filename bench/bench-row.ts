/**
 * One line of the benchmark table. Ratios compare with a peer or a floor measured in the same run.
 */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What `value` is compared with; empty where there is nothing to compare. */
  peer: string;
  peer_value: number | null;
  /**
   * `value / peer_value`, or the other way round for rates, as `note` says; null without a peer.
   */
  ratio: number | null;
  /** The bound in words, such as `<= 60 ns` or `ratio >= 2`. */
  threshold: string;
  /** Whether the threshold holds; null where it could not be judged (a missing peer). */
  ok: boolean | null;
  note: string;
}

/** Of a row that is compared with nothing. */
export const NO_PEER = { peer: '', peer_value: null, ratio: null } as const;
