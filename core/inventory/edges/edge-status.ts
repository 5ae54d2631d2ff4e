import { clockSkew } from '../../ledger/lane/clock-skew.ts';
import { NO_BOOT } from '../../ledger/lane/close-boot.ts';
import { type LaneRates, ratesOf } from '../../ledger/lane/lane-rates.ts';
import { bootTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import type { Correction } from '../../ledger/voids/corrections.ts';
import { shownTotals } from '../../ledger/voids/shown-totals.ts';

/** How far one part of an edge has been counted. */
export interface EdgePartStatus {
  part: number;
  boot_id: string;
  seq: number;
  /** Of this boot. */
  packets: bigint;
  bytes: bigint;
}

/** The status of an edge as its lanes show it. */
export interface EdgeStatus {
  /** The site that the edge reports. */
  site_id: string;
  /** The interval between reports that the edge reports, seconds. */
  interval_s: number;
  /** RFC 3339, UTC: times of arrival in the stream. */
  first_seen: string;
  last_seen: string;
  /** Null from the time its boot is voided until another boot reports. */
  boot_id: string | null;
  /** The lowest of the parts'; null until every part of this boot has reported. */
  seq: number | null;
  /** The oldest version that one of its parts applies. */
  policies_version: string;
  /**
   * How far the edge's clock is ahead, milliseconds; below 0 it is behind, or its reports are late.
   */
  clock_skew_ms: number;
  active_flows: number;
  /** Rates between the last two reports of each part; undefined while no part's is known. */
  rates: LaneRates | undefined;
  /** Over all boots. */
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
  parts: EdgePartStatus[];
}

/** The status of the edge that has these lanes; undefined without lanes. */
export function edgeStatus(
  lanes: readonly WholeLane[],
  corrections: readonly Correction[] = [],
): EdgeStatus | undefined {
  const newest = lanes.toSorted((a, b) => b.sent_at_ms - a.sent_at_ms)[0];
  if (!newest) return undefined;
  const current = lanes.filter(lane => lane.boot_id === newest.boot_id);
  const totals = lanes.flatMap(lane => shownTotals(lane, corrections));
  const boot = newest.boot_id === NO_BOOT ? null : newest.boot_id;
  return {
    site_id: newest.site_id,
    interval_s: newest.interval_s,
    first_seen: new Date(Math.min(...lanes.map(lane => lane.first_heard_at_ms))).toISOString(),
    last_seen: new Date(Math.max(...lanes.map(lane => lane.last_heard_at_ms))).toISOString(),
    boot_id: boot,
    seq: boot === null || current.length < newest.parts ? null : Math.min(...current.map(lane => lane.seq)),
    policies_version: current.map(lane => lane.policies_version).sort(compareVersions)[0]!,
    clock_skew_ms: skewOf(newest),
    active_flows: totals.reduce((sum, pair) => sum + pair.active_flows, 0),
    rates: ratesOf(lanes),
    packets: totals.reduce((sum, pair) => sum + pair.packets, 0n),
    bytes: totals.reduce((sum, pair) => sum + pair.bytes, 0n),
    estimated_bytes: totals.reduce((sum, pair) => sum + pair.estimated_bytes, 0n),
    parts: lanes
      .filter(lane => lane.boot_id !== NO_BOOT)
      .map(lane => ({ part: lane.part, boot_id: lane.boot_id, seq: lane.seq, ...bootTotals(lane) }))
      .sort((a, b) => a.part - b.part),
  };
}

/** By the last three reports if the lane stores their times, else by the last report. */
function skewOf({ clock, sent_at_ms, last_heard_at_ms }: WholeLane): number {
  return clock ? clockSkew(clock) : sent_at_ms - last_heard_at_ms;
}

/** Whether a reported policies' version is older than the present one, or isn't a number. */
export function isBehind(reported: string, present: number): boolean {
  return versionNumber(reported) < present;
}

function compareVersions(a: string, b: string): number {
  return versionNumber(a) - versionNumber(b);
}

function versionNumber(version: string): number {
  return /^\d{1,15}$/.test(version) ? Number(version) : -1;
}
