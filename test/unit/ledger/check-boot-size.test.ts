import { describe, expect, it } from 'vitest';
import { checkBootSize } from '../../../core/ledger/lane/check-boot-size.ts';
import { foldReport } from '../../../core/ledger/lane/fold.ts';
import { emptyPair, newLane } from '../../../core/ledger/lane/lane.ts';
import { type LaneState, NO_CHANGES } from '../../../core/ledger/lane/lane-state.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import { pairKey } from '../../../core/totals/pair-key.ts';
import { type ReportSketch, reportRecord, T0 } from '../../support/report-records.ts';

/**
 * The number of pairs that just fills the item of a boot: each takes 24 bytes and its ids, 120
 * bytes together.
 */
const FULL = 3000;
const pairs = (count: number, id = 'é') =>
  Array.from({ length: count }, (_, n) => ({
    policy_id: `${n}`.padStart(36, '0'),
    endpoint_id: id.repeat(60 / Buffer.byteLength(id)),
  }));

describe('the pairs of a boot', () => {
  it('fit one item, counted in bytes of UTF-8', () => {
    expect(() => checkBootSize(pairs(FULL))).not.toThrow();
    const one = { policy_id: '', endpoint_id: '' };
    expect(() => checkBootSize([...pairs(FULL), one])).toThrow(
      new ReportRejected('boot_too_large', '3001 policies and endpoints'),
    );
  });
});

/**
 * A lane whose boot has named pairs at report 1, with another boot of the same pairs that is
 * closed.
 */
function fullState(count: number, seq = 1): LaneState {
  const named = pairs(count).map(pair => ({ ...emptyPair(pair), packets: 1n, bytes: 1n, seq }));
  const byKey = new Map(named.map(pair => [pairKey(pair), pair]));
  const lane = {
    ...newLane({ edge_id: 'edge-1', part: 0 }),
    ...{ boot_id: 'boot-1', seq: 2, parts: 1, sent_at_ms: T0, pairs: byKey },
  };
  const closed = { boot_id: 'closed', seq: 2, parts: 1, sent_at_ms: 0, pairs: byKey, paths: new Map() };
  return {
    lane,
    idle: [],
    boots: new Map([['closed', closed]]),
    parts: new Map(),
    changes: NO_CHANGES,
  };
}

const fold = (state: LaneState, sketch: ReportSketch) =>
  foldReport(state, decodeReport(reportRecord(sketch).data, 'edge-1'), { at_ms: T0 + 1000, slot: 0 });

describe.each([
  ['a report of the current boot', { seq: 3, sent_ms: 1 }],
  ['an old report of the current boot', { seq: 1, sent_ms: -1 }],
  ['a late report of a closed boot', { boot_id: 'closed', seq: 3, sent_ms: -1 }],
] as [string, ReportSketch][])('%s', (_, sketch) => {
  const [known, fresh] = [pairs(1)[0]!, { policy_id: 'new', endpoint_id: 'wan1' }];

  it('is rejected if it names a pair beyond the size limit', () => {
    const policies = [{ ...fresh, packets: 1n }];
    expect(() => fold(fullState(FULL), { ...sketch, policies })).toThrow(
      new ReportRejected('boot_too_large', '3001 policies and endpoints'),
    );
    const { lane } = fold(fullState(FULL - 1), { ...sketch, policies });
    expect(lane.pairs.has(pairKey(fresh))).toBe(true);
  });

  it('counts if it names a pair that the boot has named before', () => {
    const report = { ...sketch, policies: [{ ...known, packets: 2n, bytes: 2n }] };
    const { changes } = fold(fullState(FULL, 0), report);
    expect(changes.counters.get(known.policy_id)?.packets).toBe(1n);
  });
});

it('counts without new names in a boot that is already over the limit', () => {
  const policies = [{ ...pairs(1)[0]!, packets: 2n, bytes: 2n }];
  for (const seq of [1, 3]) {
    const { changes } = fold(fullState(FULL + 1, 0), { seq, sent_ms: seq, policies });
    expect(changes.counters.get(policies[0]!.policy_id)?.packets).toBe(1n);
  }
});

it('leaves out pairs that only other boots have named', () => {
  const state = fullState(FULL);
  const policies = [{ policy_id: 'new', endpoint_id: 'wan1', packets: 1n }];
  const next = fold(state, { boot_id: 'boot-2', sent_ms: 5, policies });
  const later = fold(next, { boot_id: 'boot-2', seq: 2, sent_ms: 6, policies: pairs(1, 'z') });
  expect([...later.boots.get('boot-1')!.pairs.keys()]).toHaveLength(FULL);
  const closed = fold(later, { boot_id: 'boot-3', sent_ms: 7 });
  expect([...closed.boots.get('boot-2')!.pairs.keys()]).toHaveLength(2);
});
