import { describe, expect, it } from 'vitest';
import { closeBoot } from '../../../core/ledger/lane/close-boot.ts';
import { hourOf } from '../../../core/ledger/lane/hour-of.ts';
import type { IdlePair, IdleSegment } from '../../../core/ledger/lane/idle-pairs.ts';
import { emptyPair, type LanePair, NOT_NAMED, newLane } from '../../../core/ledger/lane/lane.ts';
import { type LaneState, NO_CHANGES } from '../../../core/ledger/lane/lane-state.ts';
import { bootTotals, laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { idlePairsOf, needsIdlePairs, pairOf } from '../../../core/ledger/lane/pair-of.ts';
import { hasIdlePairs, removeIdlePairs } from '../../../core/ledger/lane/remove-idle-pairs.ts';
import { switchBoot } from '../../../core/ledger/lane/switch-boot.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { type ReportSketch, reportRecord, T0 } from '../../support/report-records.ts';

const NOW = hourOf(T0);

/** Pairs that were last named this number of hours ago, of policies `<prefix>0`, `<prefix>1`, … */
const pairsAgo = (hours: number, count: number, prefix = `h${hours}-`): LanePair[] =>
  Array.from({ length: count }, (_, n) => ({
    ...emptyPair({ policy_id: `${prefix}${n}`, endpoint_id: 'wan1' }),
    ...{ packets: 3n, bytes: 30n, earlier_packets: 4n, earlier_bytes: 40n, earlier_estimated: 5n },
    ...{ seq: 2, named_hour: NOW - hours },
  }));

const byKey = <Pair extends { policy_id: string }>(pairs: readonly Pair[]) =>
  new Map(pairs.map(pair => [pair.policy_id, pair]));

function stateOf(pairs: readonly LanePair[], idle: readonly IdleSegment[] = []): LaneState {
  const lane = { ...newLane({ edge_id: 'edge-1', part: 0 }), boot_id: 'boot-1', seq: 2, parts: 1 };
  return {
    lane: { ...lane, pairs: byKey(pairs), idle_version: idle[0]?.version ?? 0 },
    idle,
    boots: new Map(),
    parts: new Map(),
    changes: NO_CHANGES,
  };
}

const asleep = (pairs: readonly LanePair[], boot_id = 'boot-1'): IdlePair[] =>
  pairs.map(({ active_flows, rate, named_hour, ...pair }) => ({ ...pair, boot_id }));

const segmentOf = (version: number, pairs: readonly LanePair[], boot_id?: string): IdleSegment => ({
  version,
  older: [],
  pairs: byKey(asleep(pairs, boot_id)),
});

describe('pairs move out of their lane', () => {
  it.each<[string, LanePair[], boolean]>([
    ['not while all are in use', pairsAgo(0, 50), false],
    ['not if they are idle for less than a day', pairsAgo(23, 50), false],
    ['once enough are idle for a day', pairsAgo(24, 16), true],
    ['not while they are few', pairsAgo(24, 15), false],
    ['not while they are less than a third', [...pairsAgo(24, 16), ...pairsAgo(0, 33)], false],
    ['once they are a third', [...pairsAgo(24, 16), ...pairsAgo(0, 32)], true],
    ['not if a single pair is idle', pairsAgo(47, 1), false],
    ['once a single pair is idle for two days', [...pairsAgo(48, 1), ...pairsAgo(0, 99)], true],
  ])('%s', (_, pairs, expected) => {
    expect(hasIdlePairs({ pairs: byKey(pairs) }, T0)).toBe(expected);
  });
});

describe('removing idle pairs', () => {
  const remove = (state: LaneState) => removeIdlePairs(state, { at_ms: T0, version: 99 });
  const segments = ({ idle = [] }: LaneState) =>
    idle.map(({ version, older, pairs }) => [version, older, pairs.size]);

  it('removes pairs without gauges that no report has named for a day', () => {
    const [active] = pairsAgo(24, 1, 'active');
    const state = stateOf([...pairsAgo(23, 2), { ...active!, active_flows: 1 }, ...pairsAgo(24, 3)]);
    const next = remove(state);
    expect([...next.lane.pairs.keys()]).toEqual(['h23-0', 'h23-1', 'active0']);
    expect(next.idle).toEqual([segmentOf(99, pairsAgo(24, 3))]);
    expect(next.changes.idle).toEqual(next.idle);
    expect(next.lane.idle_version).toBe(99);
    expect(laneTotals({ ...next.lane, idle: next.idle! }).map(pair => pair.packets)).toEqual(
      laneTotals({ ...state.lane, idle: [] }).map(pair => pair.packets),
    );
  });

  it('returns the same lane if no pair is idle', () => {
    const state = stateOf(pairsAgo(1, 3));
    expect(remove(state)).toBe(state);
  });

  it('omits the boot of a pair that the current boot has not named', () => {
    const [pair] = pairsAgo(30, 1);
    const { idle } = remove(stateOf([{ ...pair!, seq: NOT_NAMED }]));
    expect([...idle![0]!.pairs.values()].map(({ boot_id }) => boot_id)).toEqual(['']);
  });

  it('merges the newest segments that are not larger, and leaves the others', () => {
    const old = [
      { ...segmentOf(3, pairsAgo(30, 2, 'a')), older: [2, 1] },
      { ...segmentOf(2, pairsAgo(30, 5, 'b')), older: [1] },
      segmentOf(1, pairsAgo(30, 8, 'c')),
    ];
    // 3 and 2 are 5, which merges the next 5 and then the 8, because it is not larger than 10.
    expect(segments(remove(stateOf(pairsAgo(24, 3), old)))).toEqual([[99, [], 18]]);
    const large = { ...segmentOf(1, pairsAgo(30, 11, 'c')) };
    expect(segments(remove(stateOf(pairsAgo(24, 3), [...old.slice(0, 2), large])))).toEqual([
      [99, [1], 10],
      [1, [], 11],
    ]);
  });

  it("keeps the lane's version of a pair that is also in a merged segment", () => {
    const [again, back] = [pairsAgo(24, 1, 'again'), pairsAgo(0, 1, 'back')];
    const before = [...again, ...back].map(pair => ({ ...pair, packets: 1n }));
    const { lane, idle } = remove(stateOf([...again, ...back, ...pairsAgo(24, 3)], [segmentOf(3, before)]));
    expect([...idle![0]!.pairs.keys()]).toEqual(['again0', 'h24-0', 'h24-1', 'h24-2']);
    expect(idle![0]!.pairs.get('again0')?.packets).toBe(3n);
    expect([...lane.pairs.keys()]).toEqual(['back0']);
  });

  // With its ids and counts, each of these pairs takes 200 bytes.
  const longPairs = (count: number, prefix: string) =>
    pairsAgo(24, count, prefix).map(pair => ({
      ...pair,
      endpoint_id: 'e'.repeat(176 - pair.policy_id.length),
    }));

  it('fills one segment, and leaves the remaining pairs to the next step', () => {
    const next = remove(stateOf(longPairs(1002, 'x')));
    expect(segments(next)).toEqual([[99, [], 1000]]);
    expect(next.lane.pairs.size).toBe(2);
  });

  it('merges no segment that would make the new one too large', () => {
    const state = (count: number) => stateOf(longPairs(500, 'x'), [segmentOf(3, longPairs(count, 'y'))]);
    expect(segments(remove(state(500)))).toEqual([[99, [], 1000]]);
    const [pair] = pairsAgo(24, 1);
    const one = { ...pair!, policy_id: '', endpoint_id: '' };
    const over = stateOf([...longPairs(500, 'x'), one], [segmentOf(3, longPairs(500, 'y'))]);
    expect(segments(remove(over))).toEqual([
      [99, [3], 501],
      [3, [], 500],
    ]);
  });
});

describe('an idle pair', () => {
  const pairs = pairsAgo(30, 1).map(pair => ({ ...pair, estimated: true }));
  const key = 'h30-0';

  it('returns unchanged to the boot that named it', () => {
    expect(pairOf(stateOf([], [segmentOf(3, pairs)]), key)).toEqual({ ...pairs[0], named_hour: 0 });
  });

  it('returns to another boot with all its counts as earlier ones', () => {
    expect(pairOf(stateOf([], [segmentOf(3, pairs, 'boot-0')]), key)).toEqual({
      ...emptyPair(pairs[0]!),
      ...{ earlier_packets: 7n, earlier_bytes: 70n, earlier_estimated: 35n },
    });
  });

  it('is looked up in all segments, and the newest one wins', () => {
    const newer = pairs.map(pair => ({ ...pair, packets: 9n }));
    const other = segmentOf(5, pairsAgo(30, 1, 'other'));
    const state = stateOf([], [other, segmentOf(4, newer), segmentOf(3, pairs)]);
    expect(pairOf(state, key)?.packets).toBe(9n);
    expect(pairOf(state, 'unknown')).toBeUndefined();
  });

  it('is read from the lane once it has returned, and counts once', () => {
    const back = pairs.map(pair => ({ ...pair, packets: 11n }));
    const older = segmentOf(3, pairs);
    const newer = segmentOf(4, [
      ...pairs.map(pair => ({ ...pair, packets: 9n })),
      ...pairsAgo(30, 1, 'other'),
    ]);
    const state = stateOf(back, [newer, older]);
    expect(pairOf(state, key)?.packets).toBe(11n);
    const sums = (lane: LaneState) =>
      laneTotals({ ...lane.lane, idle: lane.idle! }).map(({ policy_id, packets }) => [policy_id, packets]);
    expect(sums(state)).toEqual([
      ['h30-0', 15n],
      ['other0', 7n],
    ]);
    expect(sums(stateOf([], [newer, older]))).toEqual([
      ['h30-0', 13n],
      ['other0', 7n],
    ]);
  });

  it('is included in the boot that named it when that boot is closed, and in no other', () => {
    const mine = segmentOf(4, pairsAgo(30, 1, 'mine'));
    const others = segmentOf(3, pairsAgo(30, 2, 'others'), 'boot-0');
    const closed = closeBoot(stateOf(pairsAgo(0, 1, 'held'), [mine, others])).boots.get('boot-1')!;
    expect(Array.from(closed.pairs.values(), ({ policy_id, packets }) => [policy_id, packets])).toEqual([
      ['held0', 3n],
      ['mine0', 3n],
    ]);
  });

  it('returns to the lane with a boot that named it and reports again', () => {
    const [again, never] = [...pairsAgo(30, 1, 'again'), ...pairsAgo(30, 1, 'never')];
    const state = stateOf(pairsAgo(0, 1, 'held'), [segmentOf(3, [again!, never!], '')]);
    const named = { ...emptyPair(again!), packets: 2n, bytes: 20n, seq: 1 };
    const pairs = new Map([['again0', named]]);
    const boot = { boot_id: 'boot-0', seq: 1, parts: 1, sent_at_ms: 0, pairs, paths: new Map() };
    const { lane, idle } = switchBoot(state, boot);
    expect([...lane.pairs.keys()]).toEqual(['held0', 'again0']);
    // Seven in all, of which this boot has counted two.
    expect(lane.pairs.get('again0')).toMatchObject({ packets: 2n, earlier_packets: 5n, seq: 1 });
    expect(laneTotals({ ...lane, idle: idle! }).map(({ packets }) => packets)).toEqual([7n, 7n, 7n]);
  });

  it('cannot be read from a lane whose idle pairs were not loaded', () => {
    const { lane } = stateOf([], [segmentOf(3, pairs)]);
    expect(() => idlePairsOf({ lane, idle: undefined })).toThrow(
      new Error('The idle pairs of edge-1, part 0, were not read.'),
    );
    expect(idlePairsOf({ lane: { ...lane, idle_version: 0 }, idle: undefined })).toEqual([]);
  });

  it('counts in the total of the current boot if that boot named it', () => {
    const named = pairsAgo(0, 2);
    const mine = segmentOf(4, pairsAgo(30, 1, 'mine'));
    const others = segmentOf(3, pairsAgo(30, 3, 'others'), 'boot-0');
    const { lane, idle } = stateOf(named, [mine, others]);
    expect(bootTotals({ ...lane, idle: idle! })).toEqual({ packets: 9n, bytes: 90n });
  });
});

describe('idle pairs of a lane are loaded', () => {
  const [named] = pairsAgo(0, 1, 'named');
  const [earlier] = pairsAgo(0, 1, 'earlier');
  const { lane } = stateOf([], [segmentOf(3, pairsAgo(30, 1))]);
  const pairs = new Map([
    ['named0\u0000wan1', named!],
    ['earlier0\u0000wan1', { ...earlier!, seq: NOT_NAMED }],
  ]);
  const report = (sketch: ReportSketch) => decodeReport(reportRecord(sketch).data, 'edge-1');

  it.each<[string, ReportSketch, boolean]>([
    ['not for pairs that the boot has named', { policies: [{ policy_id: 'named0' }] }, false],
    ['not for a report without pairs', {}, false],
    ['for a pair that only earlier boots have named', { policies: [{ policy_id: 'earlier0' }] }, true],
    [
      'for a new pair beside a known one',
      { policies: [{ policy_id: 'named0' }, { policy_id: 'new' }] },
      true,
    ],
    ['for another boot', { boot_id: 'boot-2' }, true],
  ])('%s', (_, sketch, expected) => {
    expect(needsIdlePairs({ ...lane, pairs }, report(sketch))).toBe(expected);
    expect(needsIdlePairs({ ...lane, pairs, idle_version: 0 }, report(sketch))).toBe(false);
  });
});
