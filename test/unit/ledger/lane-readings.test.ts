import { describe, expect, it } from 'vitest';
import { foldReport } from '../../../core/ledger/lane/fold.ts';
import { newLane } from '../../../core/ledger/lane/lane.ts';
import { type LaneState, NO_CHANGES } from '../../../core/ledger/lane/lane-state.ts';
import { decodeLane, encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { type ReportSketch, reportRecord, T0 } from '../../support/report-records.ts';

const NO_LANE: LaneState = {
  lane: newLane({ edge_id: 'edge-1', part: 0 }),
  idle: [],
  boots: new Map(),
  parts: new Map(),
  changes: NO_CHANGES,
};

/** Folds a report that arrives at `arrived_ms` after T0; the lane is stored and read in between. */
function fold(state: LaneState, sketch: ReportSketch, arrived_ms: number): LaneState {
  const decoded = decodeReport(reportRecord(sketch).data, 'edge-1');
  const folded = foldReport(state, decoded, { at_ms: T0 + arrived_ms, slot: 0 });
  return { ...folded, lane: decodeLane(folded.lane, encodeLane(folded.lane)), changes: NO_CHANGES };
}

function path(measured_ms: number, latency_ms = 12.3456) {
  return {
    ...{ path_id: 'p-1', latency_ms, jitter_ms: 0.5, packet_loss_pct: 1, bandwidth_mbps: 940 },
    measured_at: new Date(T0 + measured_ms).toISOString(),
    ...{ tx_packets: 1n, tx_bytes: 2n, rx_packets: 3n, rx_bytes: 4n },
  };
}

const readingIn = ({ lane }: LaneState) => lane.paths.get('p-1')?.reading;

describe('the last measurement of a path in its lane', () => {
  it("is that of the newest report, dated by its age at arrival, whatever the edge's clock shows", () => {
    for (const skew of [-300_000, 0, 15_000]) {
      const sketch = { seq: 1, sent_ms: skew, paths: [path(skew - 20_000)] };
      expect(readingIn(fold(NO_LANE, sketch, 500))).toEqual({
        measured_at_ms: T0 + 500 - 20_000,
        told_at_ms: T0 + skew - 20_000,
        ...{ latency_ms: 12.346, jitter_ms: 0.5, packet_loss_pct: 1, bandwidth_mbps: 940 },
      });
    }
  });

  it('keeps its date when later reports repeat it', () => {
    const first = fold(NO_LANE, { seq: 1, sent_ms: 0, paths: [path(-20_000)] }, 700);
    const again = fold(first, { seq: 2, sent_ms: 60_000, paths: [path(-20_000)] }, 60_100);
    expect(readingIn(again)).toEqual(readingIn(first));
    const next = fold(again, { seq: 3, sent_ms: 120_000, paths: [path(100_000)] }, 120_400);
    expect(readingIn(next)).toMatchObject({ measured_at_ms: T0 + 100_100 });
  });

  it('survives a new boot without a measurement, and a late report', () => {
    const first = fold(NO_LANE, { seq: 2, sent_ms: 0, paths: [path(-20_000)] }, 0);
    const second = fold(first, { seq: 1, boot_id: 'next', sent_ms: 60_000, paths: [] }, 60_000);
    expect(readingIn(second)).toEqual(readingIn(first));
    const late = fold(second, { seq: 3, sent_ms: 30_000, paths: [path(20_000, 99)] }, 70_000);
    expect(readingIn(late)).toEqual(readingIn(first));
  });

  it('does not change the layout of lanes without paths, unless the clock is ahead', () => {
    const layout = (sent_ms: number) => {
      const decoded = decodeReport(reportRecord({ seq: 1, sent_ms, paths: [] }).data, 'edge-1');
      const { lane } = foldReport(NO_LANE, decoded, { at_ms: T0, slot: 0 });
      return [encodeLane(lane)[0], lane.clock];
    };
    expect(layout(0)).toEqual([3, undefined]);
    expect(layout(-600_000)).toEqual([3, undefined]);
    expect(layout(1000)).toEqual([3, undefined]);
    expect(layout(1001)).toEqual([9, [1001]]);
  });
});
