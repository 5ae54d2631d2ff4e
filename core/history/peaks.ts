import { type LateSpan, LateSpans } from './late/late-span.ts';
import { fivesOf } from './percentile/fives.ts';
import { billingBytes } from './points/billing-rates.ts';
import { historyPoints } from './points/points.ts';
import { ceilTo, floorTo, RESOLUTIONS } from './resolution.ts';
import type { Fives, Peak, PeakRepair, Sample, SnapshotMark } from './sample.ts';
import { BASE_WITHIN_MS } from './sample-expiry.ts';
import { readMarks, readPolicySamples, type SampleStore } from './sample-store.ts';

/** The fields of an hour's or day's sample besides its totals. */
export interface RolledUp {
  peak: Peak;
  /** Counts in this hour's or day's increment that belong to an earlier one. */
  late: LateSpan[];
  /** The peaks of the earlier hours or days to which these counts belong. */
  repairs: PeakRepair[];
  /** Hours only. */
  fives?: Fives;
}

interface RolledRangeOptions {
  /** The resolution from which it is made. */
  of: 'MINUTE' | 'HOUR';
  to: number;
  /** The last instant of that resolution that is part of it. */
  until: number;
  /** The mark of the running snapshot. */
  newest: SnapshotMark;
  /** The last hour or day before. */
  before: SnapshotMark | undefined;
  /** Since when samples of that resolution are kept. */
  kept: number;
}

/**
 * The hour or day that ends at `to`, with the marks from which all policies' peaks are computed.
 */
export class RolledRange {
  readonly of: 'MINUTE' | 'HOUR';
  readonly from: number;
  readonly to: number;
  readonly until: number;
  /** Length of the rollup, milliseconds. */
  readonly ms: number;
  /**
   * Start of the increment of its sample: the last reading that is part of the sample before.
   */
  readonly since: number;
  readonly sinceMinute: number;
  readonly #store: SampleStore;
  readonly #newest: SnapshotMark;
  readonly #kept: number;
  readonly #marks = new Map<number, Promise<SnapshotMark[]>>();

  constructor(store: SampleStore, { of, to, until, newest, before, kept }: RolledRangeOptions) {
    this.#store = store;
    this.#newest = newest;
    this.#kept = kept;
    this.of = of;
    this.to = to;
    this.until = until;
    this.ms = of === 'MINUTE' ? RESOLUTIONS.HOUR.ms : RESOLUTIONS.DAY.ms;
    this.from = to - this.ms;
    this.since = before?.at ?? this.from;
    this.sinceMinute = before?.minute ?? Number.NEGATIVE_INFINITY;
  }

  /** Marks from a margin before an instant on, read once for all policies. */
  marksFrom(from: number): Promise<SnapshotMark[]> {
    const known = this.#marks.get(from);
    if (known) return known;
    const reading = this.#readMarks(from);
    this.#marks.set(from, reading);
    return reading;
  }

  async #readMarks(from: number): Promise<SnapshotMark[]> {
    const newest = this.#newest;
    const range = { resolution: this.of, from: from - BASE_WITHIN_MS[this.of], to: this.until };
    const marks = await readMarks(this.#store, range);
    return [...marks.filter(mark => mark.at !== newest.at), newest];
  }

  /** The late counts in its samples that belong to times before it. */
  lateOf(samples: readonly Sample[]): LateSpan[] {
    const late = samples.flatMap(sample => sample.late ?? []);
    return new LateSpans(late.filter(({ from }) => from < this.since)).list();
  }

  /**
   * The earliest hour or day with a share in late counts of which samples are still kept; without
   * late counts its own beginning.
   */
  affectedFrom(late: readonly LateSpan[]): number {
    const earliest = Math.min(this.from, ...late.map(({ from }) => from));
    return Math.max(floorTo(earliest, this.ms), Math.min(this.from, ceilTo(this.#kept, this.ms)));
  }

  /** The ends of the hours or days before it to which late counts belong. */
  affected(late: readonly LateSpan[]): number[] {
    const ends: number[] = [];
    for (let end = this.affectedFrom(late) + this.ms; end <= this.from; end += this.ms) {
      if (late.some(({ from, to }) => from < end && to > end - this.ms)) ends.push(end);
    }
    return ends;
  }
}

/**
 * A policy's hour: the highest rates of a minute, the highest number of active flows in a minute,
 * and the bytes of each five minutes.
 */
export async function rollUpMinutes(
  store: SampleStore,
  { policy_id, hour, newest }: { policy_id: string; hour: RolledRange; newest: Sample },
): Promise<RolledUp> {
  const read = async (from: number) => {
    const marks = await hour.marksFrom(from);
    const range = { resolution: 'MINUTE' as const, from: from - BASE_WITHIN_MS.MINUTE, to: hour.until };
    const stored = await readPolicySamples(store, { policy_id, range, marks });
    return { marks, samples: [...stored.filter(sample => sample.at !== newest.at), newest] };
  };
  const own = await read(hour.from);
  const late = hour.lateOf(own.samples.filter(({ at }) => at > hour.sinceMinute));
  const from = hour.affectedFrom(late);
  const { marks, samples } = from < hour.from ? await read(from) : own;
  const range = { from, to: hour.until, resolution: 'MINUTE' as const };
  const points = historyPoints({
    range,
    samples,
    marks,
    base: marks.findLast(mark => mark.at <= from),
    now: Number.POSITIVE_INFINITY,
  });
  const peakIn = (after: number, to: number) => highest(points.filter(({ at }) => at > after && at <= to));
  const fives = billingBytes(points, { range });
  const repairs = hour.affected(late).map(at => ({
    at,
    peak: peakIn(at - hour.ms, at),
    fives: fivesOf(fives, at - hour.ms),
  }));
  return { peak: peakIn(hour.from, hour.until), late, repairs, fives: fivesOf(fives, hour.from) };
}

/**
 * The highest of the hours' peaks in a day; `newest` is its last hour, which is not written yet.
 */
export async function rollUpHours(
  store: SampleStore,
  { policy_id, day, newest }: { policy_id: string; day: RolledRange; newest: RolledUp },
): Promise<RolledUp> {
  const read = async (from: number): Promise<Sample[]> => {
    const marks = await day.marksFrom(from);
    return readPolicySamples(store, {
      policy_id,
      range: { resolution: 'HOUR', from: from + 1, to: day.until },
      marks,
    });
  };
  const own = await read(day.from);
  const late = new LateSpans([...day.lateOf(own), ...day.lateOf([{ ...NO_COUNTS, ...newest }])]).list();
  const from = day.affectedFrom(late);
  const stored = from < day.from ? await read(from) : own;
  const peaks = new Map(stored.map(({ at, peak }) => [at, peak]));
  for (const { at, peak } of [...stored, newest].flatMap(({ repairs = [] }) => repairs)) peaks.set(at, peak);
  const peakIn = (after: number, to: number) =>
    [...peaks].flatMap(([at, peak]) => (peak && at > after && at <= to ? [peak] : []));
  const repairs = day.affected(late).map(at => ({ at, peak: highest(peakIn(at - day.ms, at)) }));
  return { peak: highest([newest.peak, ...peakIn(day.from, day.to)]), late, repairs };
}

const NO_COUNTS = { at: 0, taken_at: 0, packets: 0n, bytes: 0n, active_flows: 0 };

function highest(peaks: readonly Peak[]): Peak {
  return {
    packets_per_second: Math.max(0, ...peaks.map(peak => peak.packets_per_second)),
    bits_per_second: Math.max(0, ...peaks.map(peak => peak.bits_per_second)),
    active_flows: Math.max(0, ...peaks.map(peak => peak.active_flows)),
  };
}
