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
 * A report that is not older than this at the reading that sees it first counts for the reading's
 * own minute: edges report once a minute, and the time that ingest needs is not a lag.
 */
const FRESH_MS = 120_000;

/** A lane in a reading. */
export interface TrackedLane {
  /** Arrival of the lane's newest report, milliseconds. */
  heard_at: number;
  /** The minute up to which its totals were known. */
  covered_to: number;
  /** The lane's packed bytes; without them its sample is read. */
  data?: Uint8Array | undefined;
}

/** A lane that has a new report now, after one or more readings without one. */
interface LateLane {
  sk: string;
  lane: WholeLane;
  from: number;
  to: number;
}

/** Lanes by the sort key of their items. */
export type TrackedLanes = ReadonlyMap<string, TrackedLane>;

/**
 * Finds the increments of a reading that belong to earlier minutes: those of lanes that had no new
 * report at one or more readings before. The counts between two reports of a lane are spread evenly
 * over the minutes between their arrivals. The arrival in the stream is used and not `sent_at`: an
 * edge's clock may be wrong by hours, and the stream keeps the time of arrival while ingest is
 * stopped.
 */
export class LaneTracker {
  readonly #before: TrackedLanes;
  readonly #last: number;
  readonly #minute: number;
  readonly #spans = new Map<string, LateSpans>();
  #late: LateLane[] = [];

  /** @param reading its minute and that of the reading before; without one nothing is late */
  constructor(before: TrackedLanes, reading: { last: number | undefined; minute: number }) {
    this.#before = before;
    this.#minute = reading.minute;
    this.#last = reading.last ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds a lane that was read. @returns the minute up to which its totals are known */
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
   * @param earlier the readings in which to look for samples of lanes, from the newest on
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

  /** The spans of a policy, or of all traffic under {@link ALL_TRAFFIC}. */
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
