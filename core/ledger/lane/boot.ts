import type { PathCounts } from '../../totals/path-counts.ts';

/**
 * The last `seq` and the totals of one boot that is not the current one, in one part of an edge.
 * Immutable.
 */
export interface Boot {
  readonly boot_id: string;
  readonly seq: number;
  readonly parts: number;
  /** `sent_at` of the last report applied, milliseconds. */
  readonly sent_at_ms: number;
  /**
   * Arrival of the last report applied, milliseconds; undefined for boots that earlier releases
   * closed.
   */
  readonly last_heard_at_ms?: number | undefined;
  /** By pairKey. */
  readonly pairs: ReadonlyMap<string, BootPair>;
  /** By path id. */
  readonly paths: ReadonlyMap<string, PathCounts>;
}

export interface BootPair {
  readonly policy_id: string;
  readonly endpoint_id: string;
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Whether `bytes` are estimated, see `LanePair`. */
  readonly estimated: boolean;
  /** The newest report of the boot that named the pair. */
  readonly seq: number;
}

/** A boot without applied reports. */
export function newBoot({ boot_id, parts }: Pick<Boot, 'boot_id' | 'parts'>): Boot {
  return { boot_id, seq: -1, parts, sent_at_ms: 0, pairs: new Map(), paths: new Map() };
}
