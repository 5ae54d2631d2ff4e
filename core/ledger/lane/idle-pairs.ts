/**
 * A pair that no report has named for a day, with all of its counts. It is valid while the lane
 * itself doesn't hold the pair. Immutable.
 */
export interface IdlePair {
  readonly policy_id: string;
  readonly endpoint_id: string;
  /** The boot that was current when the pair became idle, if it had named the pair; else ''. */
  readonly boot_id: string;
  /** The latest report of that boot that named the pair. */
  readonly seq: number;
  /** Totals of that boot. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Sums of all other boots. */
  readonly earlier_packets: bigint;
  readonly earlier_bytes: bigint;
  /** See `LanePair`: of that boot, and of all others. */
  readonly estimated: boolean;
  readonly earlier_estimated: bigint;
}

/** Idle pairs that are stored together under a version. A stored segment never changes. */
export interface IdleSegment {
  /** Random. */
  readonly version: number;
  /** The lane's older segments, from the newest to the oldest. */
  readonly older: readonly number[];
  /** By pairKey. */
  readonly pairs: ReadonlyMap<string, IdlePair>;
}

/**
 * All segments of a lane, from the newest to the oldest. Of a pair in several of them, the newest
 * one is valid.
 */
export type IdlePairs = readonly IdleSegment[];

export const NO_IDLE_PAIRS: IdlePairs = [];

/** The idle pairs of a lane that are valid: those that the lane itself doesn't hold. */
export function* validIdlePairs({
  pairs,
  idle,
}: {
  pairs: ReadonlyMap<string, unknown>;
  idle: IdlePairs;
}): Generator<IdlePair, void> {
  const seen = new Set<string>();
  for (const segment of idle) {
    for (const [key, pair] of segment.pairs) {
      if (pairs.has(key) || seen.has(key)) continue;
      if (idle.length > 1) seen.add(key);
      yield pair;
    }
  }
}

/** Size of one pair in a packed boot or segment, bytes, roughly. */
export function packedPairBytes({
  policy_id,
  endpoint_id,
}: Pick<IdlePair, 'policy_id' | 'endpoint_id'>): number {
  const COUNTS = 24;
  return Buffer.byteLength(policy_id) + Buffer.byteLength(endpoint_id) + COUNTS;
}
