import type { LaneId } from './lane-memory.ts';
import type { PendingReport, StoredLane } from './lane-step.ts';
import type { StreamRecord } from './stream-record.ts';

/** A readable report of the batch. */
export interface PendingRecord extends PendingReport {
  record: StreamRecord;
}

/** One lane with its reports of the batch. Immutable: each round makes a new one. */
export interface LaneWork extends LaneId {
  /** Not settled yet, in the order of arrival. */
  readonly pending: readonly PendingRecord[];
  /** As last known; undefined if it has to be read. */
  readonly stored: StoredLane | undefined;
  /**
   * Whether the database refused a transaction with this lane. From then on a transaction has one
   * report.
   */
  readonly isolated: boolean;
}

/** Groups the reports of a batch by lane. Lanes are in the order in which reports name them. */
export function groupByLane(reports: readonly PendingRecord[]): LaneWork[] {
  const byLane = Map.groupBy(reports, ({ decoded: { report } }) => `${report.edge_id}\u0000${report.part}`);
  return Array.from(byLane.values(), pending => {
    const { edge_id, part } = pending[0]!.decoded.report;
    return { edge_id, part, pending, stored: undefined, isolated: false };
  });
}
