import { noPathCounts, type PathCounts } from '../../totals/path-counts.ts';
import type { CountedIn } from './counted-in.ts';
import { NO_RATE } from './pair-rate.ts';
import type { PathReading } from './path-reading.ts';

/**
 * The counts of one part of one edge: the totals of its current boot, and the sum of its earlier
 * boots. The total of a pair is current + earlier. Pairs that have long been unused are stored
 * apart (`WholeLane`). Immutable.
 */
export interface Lane {
  readonly edge_id: string;
  readonly part: number;
  /** As of the last report that was applied. */
  readonly site_id: string;
  readonly policies_version: string;
  readonly interval_s: number;
  readonly boot_id: string;
  /** The last report applied of the current boot. */
  readonly seq: number;
  /** Parts of the current boot; fixed for a boot. */
  readonly parts: number;
  /** `sent_at` of that report, by the edge's clock, milliseconds. */
  readonly sent_at_ms: number;
  /**
   * The time between the last two reports of this boot, milliseconds, over which rates are
   * computed; undefined while they aren't known.
   */
  readonly rated_ms?: number | undefined;
  /**
   * How far the last reports were sent ahead of their arrival, see `clockSkew`; for a lane with
   * paths or with a clock that is ahead.
   */
  readonly clock?: readonly number[];
  /** Earliest and latest arrival of an applied report in the stream, milliseconds. */
  readonly first_heard_at_ms: number;
  readonly last_heard_at_ms: number;
  /** The counter slot that was written last; clean-up withdraws gauges there. */
  readonly slot: number;
  /**
   * The parts of the previous boot if it had more, else 0. The gauges of the surplus parts are
   * withdrawn, and the next report resets it to 0.
   */
  readonly parts_before: number;
  /** The newest of the idle segments that belong to the lane; 0: it has none. */
  readonly idle_version: number;
  /** The counters that contain its counts; those of generation 0 when left out. */
  readonly counted_in?: CountedIn;
  /** By pairKey. */
  readonly pairs: ReadonlyMap<string, LanePair>;
  /** By path id. */
  readonly paths: ReadonlyMap<string, LanePath>;
}

/** One (policy, endpoint) of a lane. */
export interface LanePair {
  readonly policy_id: string;
  readonly endpoint_id: string;
  /** Totals of the current boot. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Flows active at the last report; 0 once the edge is silent. */
  readonly active_flows: number;
  /**
   * Its traffic a second between the last two reports, see `packRate`; {@link NO_RATE} if the lane
   * has no `rated_ms`.
   */
  readonly rate: number;
  /** Sums of all other boots. */
  readonly earlier_packets: bigint;
  readonly earlier_bytes: bigint;
  /**
   * Whether all of `bytes` is estimated: a report of the current boot that named the pair is marked
   * as scaled from samples.
   */
  readonly estimated: boolean;
  /** The estimated part of `earlier_bytes`. */
  readonly earlier_estimated: bigint;
  /** The latest report of the current boot that named the pair; {@link NOT_NAMED}: none. */
  readonly seq: number;
  /** When a report of any boot last named it: hours since 1970, by arrival. */
  readonly named_hour: number;
}

/** `seq` of a pair that no report of the boot has named. */
export const NOT_NAMED = -1;

/** The traffic that a lane's edge sent and received on one path. */
export interface LanePath {
  readonly path_id: string;
  readonly current: PathCounts;
  readonly earlier: PathCounts;
  /** The last measurement. Lanes of earlier releases have none before their next report. */
  readonly reading?: PathReading;
}

/** A lane without reports: it has no boot, and its times are before all others. */
export function newLane({
  edge_id,
  part,
  counted_in,
}: {
  edge_id: string;
  part: number;
  counted_in?: CountedIn | undefined;
}): Lane {
  return {
    edge_id,
    part,
    site_id: '',
    policies_version: '',
    interval_s: 0,
    boot_id: '',
    seq: -1,
    parts: 0,
    sent_at_ms: Number.NEGATIVE_INFINITY,
    first_heard_at_ms: Number.POSITIVE_INFINITY,
    last_heard_at_ms: Number.NEGATIVE_INFINITY,
    slot: 0,
    parts_before: 0,
    idle_version: 0,
    ...(counted_in && { counted_in }),
    pairs: new Map(),
    paths: new Map(),
  };
}

/** A pair without counts. */
export function emptyPair({ policy_id, endpoint_id }: Pick<LanePair, 'policy_id' | 'endpoint_id'>): LanePair {
  const now = { packets: 0n, bytes: 0n, active_flows: 0, rate: NO_RATE };
  const earlier = { earlier_packets: 0n, earlier_bytes: 0n };
  const exact = { estimated: false, earlier_estimated: 0n };
  return { policy_id, endpoint_id, ...now, ...earlier, ...exact, seq: NOT_NAMED, named_hour: 0 };
}

/** A path without counts. */
export function emptyPath(path_id: string): LanePath {
  return { path_id, current: noPathCounts(), earlier: noPathCounts() };
}
