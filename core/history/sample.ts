import type { LateSpan } from './late/late-span.ts';
import type { ReadGroups } from './reading.ts';

/** Totals of a policy (or a group of lanes) at one instant, as the snapshot read them. */
export interface Sample {
  /**
   * The instant this sample stands for: a minute, hour or day of UTC, milliseconds since the epoch.
   */
  at: number;
  /** When the lanes were really read, milliseconds since the epoch. */
  taken_at: number;
  packets: bigint;
  /** Layer-3 bytes. */
  bytes: bigint;
  /** What of the bytes is estimated; nothing when left out. */
  estimated_bytes?: bigint;
  active_flows: number;
  /**
   * Rollups only: the highest rates of a minute, and the highest active flows, in the hour or day
   * that ends here.
   */
  peak?: Peak;
  /** What of this sample's increment belongs to intervals before it, see {@link LateSpan}. */
  late?: LateSpan[];
  /** Rollups only: peaks of earlier hours or days, as they are with what came late since. */
  repairs?: PeakRepair[];
  /** Hours only, and only where it was asked for. */
  fives?: Fives;
}

/** A text that is the same for samples with the same figures. */
export function fingerprintOf({ packets, bytes, estimated_bytes = 0n, active_flows }: Sample): string {
  return `${packets}#${bytes}#${estimated_bytes}#${active_flows}`;
}

export interface PeakRepair {
  /** The hour or day: the instant at its end. */
  at: number;
  peak: Peak;
  /** Hours only. */
  fives?: Fives;
}

/** Bytes of each five minutes of an hour, rounded; null where that isn't known. */
export type Fives = readonly (number | null)[];

export interface Peak {
  packets_per_second: number;
  bits_per_second: number;
  active_flows: number;
}

/**
 * That a snapshot was taken at this instant, and how complete it is. An instant that has none is a
 * gap. An instant that has one, but no sample of a policy, means that the policy's totals had not
 * changed.
 */
export interface SnapshotMark {
  at: number;
  taken_at: number;
  /**
   * The minute of the reading; later than `at` where an hour's or day's own first minutes were
   * missed.
   */
  minute: number;
  /** Edges that were in service at `at`. */
  edges_expected: number;
  /** Those of them that were not silent at `taken_at`. */
  edges_heard: number;
  /**
   * Lanes that were read; those that could not be decoded are counted apart and are missing in the
   * samples.
   */
  lanes: number;
  bad_lanes: number;
  /**
   * Where the lanes were read in more than one group. A mark of an hour or a day has no late one.
   */
  groups?: ReadGroups;
}
