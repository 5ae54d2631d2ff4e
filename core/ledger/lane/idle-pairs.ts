/**
 * A pair that no report has named for a day, with all that it has counted. It counts while the lane
 * itself doesn't hold the pair. A value: never changed.
 */
export interface IdlePair {
  readonly policy_id: string;
  readonly endpoint_id: string;
  /** The boot that was current when the pair became idle, if it had named the pair; else ''. */
  readonly boot_id: string;
  /** The newest report of that boot that named the pair. */
  readonly seq: number;
  /** Totals of that boot. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Sums of all other boots. */
  readonly earlier_packets: bigint;
  readonly earlier_bytes: bigint;
  /** As in `LanePair`: of that boot, and of all others. */
  readonly estimated: boolean;
  readonly earlier_estimated: bigint;
}

/** Idle pairs that are stored together, under a version of their own, and never changed. */
export interface IdleSegment {
  /** Random. */
  readonly version: number;
  /** The segments that belong to the lane beside this one, newest first. */
  readonly older: readonly number[];
  /** By pairKey. */
  readonly pairs: ReadonlyMap<string, IdlePair>;
}

/** All segments of a lane, newest first. A pair in several of them counts as the newest has it. */
export type IdlePairs = readonly IdleSegment[];

export const NO_IDLE_PAIRS: IdlePairs = [];

/** The idle pairs of a lane that it doesn't hold itself. */
export function* idlePairsBeside({
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

/** Bytes of one pair in a packed boot or segment, at most. */
export function packedPairBytes({
  policy_id,
  endpoint_id,
}: Pick<IdlePair, 'policy_id' | 'endpoint_id'>): number {
  const COUNTS = 24;
  return Buffer.byteLength(policy_id) + Buffer.byteLength(endpoint_id) + COUNTS;
}
