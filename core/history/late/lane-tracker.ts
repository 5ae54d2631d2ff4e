import { laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import { parseLaneSortKey } from '../../ledger/lane-keys.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { pairKey } from '../../totals/pair-key.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import { readNewestSamples, toLaneReadings } from '../lane-sample.ts';
import type { Reading } from '../reading.ts';
import { RESOLUTIONS } from '../resolution.ts';
import { type LateSpan, LateSpans, minuteOf } from './late-span.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;

/**
 * A report that is no older than this when it is first seen counts for the reading's own minute:
 * edges report each minute at some second of it, and what ingest takes is no lag.
 */
const FRESH_MS = 120_000;

/** What a reading saw of a lane. */
export interface TrackedLane {
  /** Arrival of its newest report, milliseconds. */
  heard_at: number;
  /** The minute up to which its totals were known. */
  covered_to: number;
  /** Packed, as it was stored; left out where its sample is to be read instead. */
  data?: Uint8Array | undefined;
}

/** A lane that a reading or more saw no new report of, until now. */
interface LateLane {
  sk: string;
  lane: WholeLane;
  from: number;
  to: number;
}

/** Lanes by the sort key of their items. */
export type TrackedLanes = ReadonlyMap<string, TrackedLane>;

/**
 * Finds, lane by lane, which increments of a reading belong to earlier minutes: those of a lane of
 * which a reading or more saw no new report. What a lane counted between two reports is spread
 * evenly between the minutes in which they arrived. It goes by the arrival in the stream, not by
 * `sent_at`: an edge's clock may be wrong by hours, and the stream keeps the time of arrival while
 * ingest stands still.
 */
export class LaneTracker {
  readonly #before: TrackedLanes;
  readonly #last: number;
  readonly #minute: number;
  readonly #spans = new Map<string, LateSpans>();
  #late: LateLane[] = [];

  /**
   * @param reading its minute and that of the reading before; no reading before: nothing is late
   */
  constructor(before: TrackedLanes, reading: { last: number | undefined; minute: number }) {
    this.#before = before;
    this.#minute = reading.minute;
    this.#last = reading.last ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes a lane as it was read. @returns the minute up to which its totals are known */
  track({ sk, lane }: { sk: string; lane: WholeLane }): number {
    const before = this.#before.get(sk);
    const heard_at = lane.last_heard_at_ms;
    const covered_to = this.#coveredTo(heard_at, before);
    if (before && before.heard_at !== heard_at) {
      const from = Math.min(before.covered_to, covered_to - MINUTE_MS);
      if (from < this.#last) this.#late.push({ sk, lane, from, to: covered_to });
    }
    return covered_to;
  }

  /**
   * Adds the increments of the late lanes that were tracked since the last call.
   *
   * @param earlier the readings that samples of lanes are looked for in, newest first
   * @throws Throttled at the deadline
   */
  async addLate(store: BatchGetOptions, earlier: readonly Reading[]): Promise<void> {
    const late = this.#late;
    this.#late = [];
    const unknown = late.filter(({ sk }) => this.#before.get(sk)?.data === undefined);
    const samples = await readNewestSamples(store, {
      lanes: unknown.map(({ sk }) => parseLaneSortKey(sk)),
      readings: earlier,
    });
    const read = new Map(unknown.map(({ sk }, index) => [sk, samples[index]?.data]));
    const known = late.flatMap(each => {
      const data = this.#before.get(each.sk)?.data ?? read.get(each.sk);
      return data ? [{ ...each, data }] : [];
    });
    for (const [index, { lane }] of (await toLaneReadings(store, known)).entries()) {
      if (lane) this.#addIncrements(lane, known[index]!);
    }
  }

  /** By policy, and all traffic under {@link ALL_TRAFFIC}. */
  spansOf(policy_id: string): LateSpan[] {
    return this.#spans.get(policy_id)?.list() ?? [];
  }

  #coveredTo(heard_at: number, before: TrackedLane | undefined): number {
    if (before?.heard_at === heard_at) return Math.min(before.covered_to, this.#minute);
    if (heard_at > this.#minute - FRESH_MS) return this.#minute;
    const minute = minuteOf(heard_at);
    return Math.min(this.#minute, before ? Math.max(before.covered_to, minute) : minute);
  }

  #addIncrements(known: WholeLane, { lane, from, to }: LateLane): void {
    const totals = new Map(laneTotals(known).map(pair => [pairKey(pair), pair]));
    for (const pair of laneTotals(lane)) {
      const { packets = 0n, bytes = 0n } = totals.get(pairKey(pair)) ?? {};
      const span = { from, to, packets: pair.packets - packets, bytes: pair.bytes - bytes };
      if (span.packets === 0n && span.bytes === 0n) continue;
      for (const id of [pair.policy_id, ALL_TRAFFIC]) {
        const spans = this.#spans.get(id) ?? new LateSpans();
        spans.add(span);
        this.#spans.set(id, spans);
      }
    }
  }
}
