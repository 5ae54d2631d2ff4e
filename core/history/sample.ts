import type { LateSpan } from './late/late-span.ts';
import type { ReadGroups } from './reading.ts';

/** Totals of a policy (or a group of lanes) at one instant, as read by the snapshot. */
export interface Sample {
  /** The sample's instant: a minute, hour or day of UTC, milliseconds since the epoch. */
  at: number;
  /** When the lanes were read, milliseconds since the epoch. */
  taken_at: number;
  packets: bigint;
  /** Layer-3 bytes. */
  bytes: bigint;
  /** How many of the bytes are estimated; none if absent. */
  estimated_bytes?: bigint;
  active_flows: number;
  /**
   * In rollups: the highest rates of a minute, and the highest number of active flows, in the hour
   * or day that ends here.
   */
  peak?: Peak;
  /**
   * The part of this sample's increment that belongs to earlier intervals, see {@link LateSpan}.
   */
  late?: LateSpan[];
  /** In rollups: corrected peaks of earlier hours or days, with late counts included. */
  repairs?: PeakRepair[];
  /** In hours, if requested. */
  fives?: Fives;
}

/** A text that is equal for samples with equal figures. */
export function fingerprintOf({ packets, bytes, estimated_bytes = 0n, active_flows }: Sample): string {
  return `${packets}#${bytes}#${estimated_bytes}#${active_flows}`;
}

export interface PeakRepair {
  /** The end of the hour or day. */
  at: number;
  peak: Peak;
  /** In hours. */
  fives?: Fives;
}

/** Bytes of each five minutes of an hour, rounded; null if not known. */
export type Fives = readonly (number | null)[];

export interface Peak {
  packets_per_second: number;
  bits_per_second: number;
  active_flows: number;
}

/**
 * Marks that a snapshot was taken at an instant, and how complete it is. An instant without a mark
 * is a gap. If an instant has a mark but no sample of a policy, the policy's totals had not
 * changed.
 */
export interface SnapshotMark {
  at: number;
  taken_at: number;
  /**
   * The minute of the reading; later than `at` if the snapshot of that minute was missed for an
   * hour or day.
   */
  minute: number;
  /** Edges that were in service at `at`. */
  edges_expected: number;
  /** Those of them that were not silent at `taken_at`. */
  edges_heard: number;
  /**
   * Lanes that were read. Lanes that could not be decoded are counted separately and are not in the
   * samples.
   */
  lanes: number;
  bad_lanes: number;
  /**
   * Set if the lanes were read in more than one group. A mark of an hour or a day has no late
   * groups.
   */
  groups?: ReadGroups;
}
