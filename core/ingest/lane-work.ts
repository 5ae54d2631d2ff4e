import type { DecodedReport } from '../report/decode-report.ts';
import type { LaneId } from './lane-memory.ts';
import type { LaneStep, PendingReport, StoredLane } from './lane-step.ts';
import type { StreamRecord } from './stream-record.ts';

/** A readable report of the batch. */
export interface PendingRecord extends PendingReport {
  record: StreamRecord;
  decoded: DecodedReport;
}

/** One lane with the reports of the batch that are for it. */
export interface LaneWork extends LaneId {
  /** Not dealt with yet, in the order of arrival. */
  pending: PendingRecord[];
  /** As last known; undefined where it has to be read first. */
  stored: StoredLane | undefined;
  /** Boots that its reports name, packed, as last known; valid with `stored`. */
  boots: Map<string, Uint8Array>;
  /** Parts of the edge's boots; shared by the edge's lanes. */
  partsOf: Map<string, number>;
  /** The write that comes next; made from `stored`. */
  step: LaneStep<PendingRecord> | undefined;
  /** Set when the database refused a transaction with this lane: from then on one report a transaction. */
  isolated: boolean;
}

/** Groups the reports of a batch by lane; lanes in the order of their first report. */
export function groupByLane(reports: readonly PendingRecord[]): LaneWork[] {
  const works = new Map<string, LaneWork>();
  const partsOfEdge = new Map<string, Map<string, number>>();
  for (const pending of reports) {
    const { edge_id, part } = pending.decoded.report;
    const key = `${edge_id}\u0000${part}`;
    const known = works.get(key);
    if (known) {
      known.pending.push(pending);
      continue;
    }
    const partsOf = partsOfEdge.get(edge_id) ?? new Map<string, number>();
    partsOfEdge.set(edge_id, partsOf);
    works.set(key, {
      edge_id,
      part,
      pending: [pending],
      stored: undefined,
      boots: new Map(),
      partsOf,
      step: undefined,
      isolated: false,
    });
  }
  return [...works.values()];
}

/** What was known of a lane may be wrong: it is read again before anything is made from it. */
export function forgetLane(work: LaneWork): void {
  work.stored = undefined;
  work.step = undefined;
  work.boots.clear();
  work.partsOf.clear();
}
