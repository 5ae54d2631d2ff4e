import { describe, expect, it } from 'vitest';
import { foldReport } from '../../../core/ledger/lane/fold.ts';
import { newLane } from '../../../core/ledger/lane/lane.ts';
import {
  addCounterChange,
  type CounterChange,
  type LaneState,
  NO_CHANGES,
} from '../../../core/ledger/lane/lane-state.ts';
import { lanePathTotals, laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import type { PathReport } from '../../../core/report/report.ts';
import { NO_RATES } from '../../support/no-rates.ts';
import { type ReportSketch, reportRecord, T0 } from '../../support/report-records.ts';

type Folding = { -readonly [K in keyof LaneState]: LaneState[K] };

function emptyState(): Folding {
  return {
    lane: newLane({ edge_id: 'edge-1', part: 0 }),
    idle: [],
    boots: new Map(),
    parts: new Map(),
    changes: NO_CHANGES,
  };
}

/**
 * Folds a report as a separate step and puts the result into `state`. The input must not change.
 */
function fold(state: Folding, sketch: ReportSketch, arrived_ms = sketch.sent_ms ?? 0) {
  const { data } = reportRecord(sketch);
  const before = { ...state, changes: NO_CHANGES };
  const copy = structuredClone(before);
  try {
    const next = foldReport(before, decodeReport(data, 'edge-1'), { at_ms: T0 + arrived_ms, slot: 3 });
    Object.assign(state, next);
    return { result: next === before ? 'old' : 'applied', changes: next.changes };
  } finally {
    expect(before).toEqual(copy);
  }
}

const pair = (packets: bigint, active_flows = 0, policy_id = '7') => [
  { policy_id, packets, bytes: packets * 10n, active_flows },
];

function totals({ lane, idle = [] }: LaneState) {
  return laneTotals({ ...lane, idle }).map(({ policy_id, packets, active_flows }) => [
    policy_id,
    packets,
    active_flows,
  ]);
}

describe('folding a report into its lane', () => {
  it.each([
    ['the same order', ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd']],
    ['another order', ['c', 'a', 'd', 'b'], ['c', 'a', 'd', 'b']],
    ['the reverse order', ['d', 'c', 'b', 'a'], ['d', 'c', 'b', 'a']],
    ['some omitted', ['b', 'd'], ['a', 'b', 'c', 'd']],
    ['some omitted, in another order', ['d', 'b'], ['a', 'c', 'd', 'b']],
    ['new ones between', ['a', 'x', 'b', 'y', 'c', 'd'], ['a', 'x', 'b', 'y', 'c', 'd']],
    ['only a new one', ['x'], ['a', 'b', 'c', 'd', 'x']],
  ])('finds each pair of a report, with %s', (_, named, order) => {
    const state = emptyState();
    const before = ['a', 'b', 'c', 'd'];
    fold(state, { seq: 1, policies: before.flatMap((id, i) => pair(BigInt(10 + i), 1, id)) });
    const { changes } = fold(state, { seq: 2, policies: named.flatMap(id => pair(100n, 3, id)) });
    const packetsOf = (id: string) => BigInt(before.indexOf(id) + 1 && 10 + before.indexOf(id));
    const gained = (id: string) => {
      const packets = named.includes(id) ? 100n - packetsOf(id) : 0n;
      const active_flows = (named.includes(id) ? 3 : 0) - (before.includes(id) ? 1 : 0);
      return [id, { packets, bytes: packets * 10n, active_flows, ...NO_RATES }] as const;
    };
    const all = [...new Set([...before, ...named])];
    expect(changes.counters).toEqual(new Map(all.map(gained)));
    const sums = all.map(id => (named.includes(id) ? [id, 100n, 3] : [id, packetsOf(id), 0]));
    expect(totals(state).toSorted()).toEqual(sums.toSorted());
    // The lane has them in the report's order now: the next one finds them without a search.
    expect(Array.from(state.lane.pairs.values(), ({ policy_id }) => policy_id)).toEqual(order);
  });

  it("adds the difference to the boot's last report", () => {
    const state = emptyState();
    fold(state, { seq: 1, policies: pair(10n, 2) });
    const { result, changes } = fold(state, { seq: 3, policies: pair(25n, 1) });
    expect(result).toBe('applied');
    expect(changes.counters).toEqual(
      new Map([['7', { packets: 15n, bytes: 150n, active_flows: -1, ...NO_RATES }]]),
    );
  });

  it('adds nothing for a seq not above the last', () => {
    const state = emptyState();
    fold(state, { seq: 2, policies: pair(10n, 2) });
    const before = structuredClone(state.lane);
    for (const seq of [0, 1, 2]) {
      const { result, changes } = fold(state, { seq, policies: pair(9n) });
      expect(result).toBe('old');
      expect(changes).toEqual(NO_CHANGES);
    }
    expect(state.lane).toEqual(before);
  });

  it('keeps the totals of an omitted pair, and subtracts its flows', () => {
    const state = emptyState();
    fold(state, { seq: 1, policies: [...pair(10n, 2), ...pair(1n, 1, '8')] });
    const { changes } = fold(state, { seq: 2, policies: pair(1n, 1, '8') });
    expect(totals(state).toSorted()).toEqual([
      ['7', 10n, 0],
      ['8', 1n, 1],
    ]);
    expect(changes.counters.get('7')).toEqual({ packets: 0n, bytes: 0n, active_flows: -2, ...NO_RATES });
  });

  it('closes the current boot and subtracts its flows when a new boot reports', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', seq: 9, policies: pair(10n, 2) });
    const { changes } = fold(state, { boot_id: 'b', seq: 1, sent_ms: 1, policies: pair(3n, 1) });
    expect(state.lane).toMatchObject({ boot_id: 'b', seq: 1 });
    expect(totals(state)).toEqual([['7', 13n, 1]]);
    expect(changes.counters.get('7')).toEqual({ packets: 3n, bytes: 30n, active_flows: -1, ...NO_RATES });
    expect([...changes.boots.keys()]).toEqual(['a']);
    expect(changes.boots.get('a')).toMatchObject({ seq: 9, parts: 1 });
  });

  it('makes a boot of the same time the current one', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', policies: pair(1n) });
    fold(state, { boot_id: 'b', policies: pair(1n) });
    expect(state.lane.boot_id).toBe('b');
  });

  it('counts a boot whose first report comes after its successor, without its flows', () => {
    const state = emptyState();
    fold(state, { boot_id: 'b', seq: 1, sent_ms: 60_000, policies: pair(3n, 1) });
    const { changes } = fold(state, { boot_id: 'a', seq: 9, sent_ms: 0, policies: pair(10n, 2) });
    expect(state.lane.boot_id).toBe('b');
    expect(totals(state)).toEqual([['7', 13n, 1]]);
    expect(changes.counters.get('7')).toEqual({ packets: 10n, bytes: 100n, active_flows: 0, ...NO_RATES });
  });

  it("adds the difference of a closed boot's late report", () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', seq: 1, policies: pair(10n, 2) });
    fold(state, { boot_id: 'b', seq: 1, sent_ms: 60_000, policies: pair(3n, 1) });
    const { changes } = fold(state, { boot_id: 'a', seq: 2, sent_ms: 30_000, policies: pair(12n, 2) });
    expect(totals(state)).toEqual([['7', 15n, 1]]);
    expect(changes.counters.get('7')).toEqual({ packets: 2n, bytes: 20n, active_flows: 0, ...NO_RATES });
    expect(fold(state, { boot_id: 'a', seq: 2, sent_ms: 30_000, policies: pair(12n) }).result).toBe('old');
  });

  it("makes a closed boot current again when its report is later than the current boot's", () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', seq: 1, policies: pair(10n, 2) });
    fold(state, { boot_id: 'b', seq: 1, sent_ms: 60_000, policies: pair(3n, 1) });
    fold(state, { boot_id: 'a', seq: 2, sent_ms: 60_000, policies: pair(11n, 5) });
    expect(state.lane.boot_id).toBe('b');
    fold(state, { boot_id: 'a', seq: 3, sent_ms: 60_001, policies: pair(12n, 5) });
    expect(state.lane).toMatchObject({ boot_id: 'a', seq: 3 });
    expect(totals(state)).toEqual([['7', 15n, 5]]);
    fold(state, { boot_id: 'b', seq: 2, sent_ms: 60_002, policies: pair(4n, 7) });
    expect(totals(state)).toEqual([['7', 16n, 7]]);
  });

  it('keeps a boot either as the current one or among the others', () => {
    const state = emptyState();
    const speak = (boot_id: string, seq: number, sent_ms: number) =>
      fold(state, { boot_id, seq, sent_ms, policies: pair(BigInt(seq)) });
    speak('a', 1, 0);
    speak('b', 1, 1);
    const { data } = reportRecord({ boot_id: 'a', seq: 2, sent_ms: 2, policies: pair(2n) });
    // In one step, as the changes of `b` going and `a` coming back are written together.
    const back = foldReport(state, decodeReport(data, 'edge-1'), { at_ms: T0 + 2, slot: 3 });
    expect(back.lane.boot_id).toBe('a');
    expect([[...back.boots.keys()], [...back.changes.boots.keys()]]).toEqual([['b'], ['b']]);
  });

  it('keeps the latest time at which a closed boot was heard, in any order of its late reports', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', seq: 1, policies: pair(1n) }, 500);
    fold(state, { boot_id: 'b', sent_ms: 1000, policies: pair(1n) });
    fold(state, { boot_id: 'a', seq: 3, sent_ms: 1, policies: pair(3n) }, 4000);
    expect(state.boots.get('a')?.last_heard_at_ms).toBe(T0 + 4000);
    fold(state, { boot_id: 'a', seq: 4, sent_ms: 2, policies: pair(4n) }, 3000);
    expect(state.boots.get('a')).toMatchObject({ seq: 4, last_heard_at_ms: T0 + 4000 });
  });

  it('stores the site, the version of the policies, the slot and the times of arrival', () => {
    const state = emptyState();
    fold(state, { seq: 1, policies_version: '4' }, 500);
    fold(state, { seq: 2, policies_version: '5', site_id: 'site-2' }, 900);
    fold(state, { boot_id: 'older', seq: 1, sent_ms: -1, policies_version: '3' }, 700);
    expect(state.lane).toMatchObject({
      site_id: 'site-2',
      policies_version: '5',
      slot: 3,
      first_heard_at_ms: T0 + 500,
      last_heard_at_ms: T0 + 900,
    });
  });
});

describe('a report that contradicts its boot', () => {
  const cases: [string, ReportSketch, string][] = [
    [
      'packets went down',
      { seq: 2, policies: pair(9n) },
      'A total is lower than in an earlier report of the same boot; start a new boot where totals begin again ' +
        '(packets of policy "7", endpoint "wan1": 9 after 10).',
    ],
    [
      'only packets went down',
      { seq: 2, policies: [{ policy_id: '7', packets: 9n, bytes: 200n }] },
      '(packets of policy "7", endpoint "wan1": 9 after 10).',
    ],
    [
      'bytes went down',
      { seq: 2, policies: [{ policy_id: '7', packets: 10n, bytes: 99n }] },
      'A total is lower than in an earlier report of the same boot; start a new boot where totals begin again ' +
        '(bytes of policy "7", endpoint "wan1": 99 after 100).',
    ],
    [
      'other parts',
      { seq: 2, parts: 2, policies: pair(11n) },
      'The number of parts differs from that of earlier reports of the same boot; start a new boot (2 parts, 1 before).',
    ],
  ];

  it.each(cases)('is rejected and changes nothing: %s', (_, sketch, message) => {
    const state = emptyState();
    fold(state, { seq: 1, policies: pair(10n) });
    const before = structuredClone(state);
    expect(() => fold(state, sketch)).toThrow(ReportRejected);
    expect(() => fold(state, sketch)).toThrow(message);
    expect(state).toEqual(before);
  });

  it.each(cases)('is rejected of a closed boot too: %s', (_, sketch, message) => {
    const state = emptyState();
    fold(state, { seq: 1, policies: pair(10n) });
    fold(state, { boot_id: 'boot-2', sent_ms: 1e6, policies: pair(1n) });
    expect(() => fold(state, sketch)).toThrow(message);
  });

  it.each([
    ['of the same number', 3],
    ['of an earlier number', 2],
  ])('is rejected if its totals exceed those of a later report %s', (_, seq) => {
    const state = emptyState();
    fold(state, { seq: 3, policies: pair(10n) });
    expect(() => fold(state, { seq, policies: pair(11n) })).toThrow(
      'A total is higher than in the same or a later report of the same boot: two edges report under one boot, or a boot id was used again; start a new boot ' +
        `(packets of policy "7", endpoint "wan1": 11 after 10: report ${seq} says more than report 3).`,
    );
    fold(state, { boot_id: 'boot-2', sent_ms: 1e6, policies: pair(1n) });
    expect(() => fold(state, { seq, policies: pair(11n) })).toThrow('A total is higher');
  });

  it.each(['current', 'closed'])(
    'of a %s boot is rejected if only its bytes exceed those of a later report',
    which => {
      const state = emptyState();
      fold(state, { seq: 3, policies: pair(10n) });
      if (which === 'closed') fold(state, { boot_id: 'boot-2', sent_ms: 1e6, policies: pair(1n) });
      const more = (packets: bigint) => ({ seq: 2, policies: [{ policy_id: '7', packets, bytes: 101n }] });
      for (const packets of [9n, 10n]) {
        expect(() => fold(state, more(packets))).toThrow(
          '(bytes of policy "7", endpoint "wan1": 101 after 100: report 2 says more than report 3).',
        );
      }
    },
  );

  it('is rejected if only its packets exceed those of a later report', () => {
    const state = emptyState();
    fold(state, { seq: 3, policies: pair(10n) });
    expect(() => fold(state, { seq: 2, policies: [{ policy_id: '7', packets: 11n, bytes: 100n }] })).toThrow(
      '(packets of policy "7", endpoint "wan1": 11 after 10: report 2 says more than report 3).',
    );
  });

  it('is rejected if its number jumps above the limit, and accepted at the limit', () => {
    const state = emptyState();
    fold(state, { seq: 5, policies: pair(10n) });
    const message =
      'The report number is more than 10,000,000 above the last one of the same boot; start a new boot ' +
      '(report 10000006 after report 5).';
    expect(() => fold(state, { seq: 10_000_006, policies: pair(11n) })).toThrow(message);
    fold(state, { boot_id: 'boot-2', sent_ms: 1e6, policies: pair(1n) });
    expect(() => fold(state, { seq: 10_000_006, policies: pair(11n) })).toThrow(message);
    expect(fold(state, { seq: 10_000_005, policies: pair(11n) }).result).toBe('applied');
  });

  it('is rejected in a part without an earlier report of the boot', () => {
    const state = emptyState();
    state.parts = new Map([['boot-1', 3]]);
    expect(() => fold(state, { parts: 2, policies: pair(1n) })).toThrow('(2 parts, 3 before)');
  });
});

describe('an old report', () => {
  const BOTH = [...pair(10n, 2), ...pair(1n, 1, '8')];

  it.each(['current', 'closed'])('of a %s boot adds a pair that the boot has not reported yet', which => {
    const state = emptyState();
    fold(state, { seq: 3, policies: pair(10n, 2) });
    if (which === 'closed') fold(state, { boot_id: 'boot-2', sent_ms: 60_000, policies: pair(5n, 2) });
    const { result, changes } = fold(state, { seq: 2, policies: [...pair(9n, 7), ...pair(4n, 7, '8')] });
    expect(result).toBe('applied');
    expect(changes.counters).toEqual(
      new Map([['8', { packets: 4n, bytes: 40n, active_flows: 0, ...NO_RATES }]]),
    );
    expect(fold(state, { seq: 2, policies: pair(4n, 7, '8') }).result).toBe('old');
    // It contains a total of report 2.
    expect(() => fold(state, { seq: 1, policies: pair(5n, 0, '8') })).toThrow(
      'report 1 says more than report 2',
    );
    expect(fold(state, { seq: 3, policies: pair(6n, 0, '8') }).changes.counters.get('8')?.packets).toBe(2n);
  });

  it('adds to a pair that no later report names', () => {
    const state = emptyState();
    fold(state, { seq: 1, policies: BOTH });
    fold(state, { seq: 3, policies: pair(20n, 1) });
    const { changes } = fold(state, { seq: 2, policies: [...pair(15n), ...pair(3n, 9, '8')] });
    expect(changes.counters).toEqual(
      new Map([['8', { packets: 2n, bytes: 20n, active_flows: 0, ...NO_RATES }]]),
    );
    expect(state.lane.seq).toBe(3);
    expect(totals(state).toSorted()).toEqual([
      ['7', 20n, 1],
      ['8', 3n, 0],
    ]);
  });

  it.each(['current', 'closed'])(
    'of a %s boot is old if its totals are those of a pair that later reports omit',
    which => {
      const state = emptyState();
      fold(state, { seq: 1, policies: BOTH });
      fold(state, { seq: 5, policies: pair(20n, 1) });
      if (which === 'closed') fold(state, { boot_id: 'boot-2', sent_ms: 60_000, policies: pair(5n) });
      const with8 = (seq: number, packets: bigint, bytes: bigint) => ({
        seq,
        policies: [...pair(15n), { policy_id: '8', packets, bytes }],
      });
      expect(fold(state, with8(2, 1n, 10n)).result).toBe('old');
      expect(fold(state, with8(3, 1n, 11n)).changes.counters.get('8')).toMatchObject({
        packets: 0n,
        bytes: 1n,
      });
      expect(fold(state, with8(4, 2n, 11n)).changes.counters.get('8')).toMatchObject({
        packets: 1n,
        bytes: 0n,
      });
    },
  );

  it.each([2, 3])(
    'of a closed boot does not make it current, even if it is sent later: number %d of 3',
    seq => {
      const state = emptyState();
      fold(state, { seq: 3, policies: pair(10n, 2) });
      fold(state, { boot_id: 'boot-2', sent_ms: 1000, policies: pair(5n, 2) });
      expect(fold(state, { seq, sent_ms: 2000, policies: pair(10n, 9) }).result).toBe('old');
      expect(state.lane).toMatchObject({ boot_id: 'boot-2', seq: 1 });
    },
  );

  it('with lower totals is old, also with the same number', () => {
    const state = emptyState();
    fold(state, { seq: 2, policies: BOTH });
    for (const seq of [1, 2]) expect(fold(state, { seq, policies: pair(9n) }).result).toBe('old');
  });
});

describe('a boot whose counts are scaled from samples', () => {
  const estimated = ({ lane, idle = [] }: LaneState) =>
    laneTotals({ ...lane, idle }).map(({ policy_id, bytes, estimated_bytes }) => [
      policy_id,
      bytes,
      estimated_bytes,
    ]);

  it('counts all of its own bytes as estimated, and no others', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', policies: pair(10n) });
    const { changes } = fold(state, { boot_id: 'b', sent_ms: 1, estimated: true, policies: pair(3n) });
    expect(changes.counters.get('7')).toEqual({
      ...{ packets: 3n, bytes: 30n, active_flows: 0, ...NO_RATES },
      estimated_bytes: 30n,
    });
    expect(estimated(state)).toEqual([['7', 130n, 30n]]);
    fold(state, { boot_id: 'c', sent_ms: 2, policies: pair(5n) });
    expect(estimated(state)).toEqual([['7', 180n, 30n]]);
    // The exact boot is late, then the one that estimates.
    fold(state, { boot_id: 'a', seq: 2, sent_ms: 0, policies: pair(11n) });
    fold(state, { boot_id: 'b', seq: 2, sent_ms: 1, estimated: true, policies: pair(4n) });
    expect(estimated(state)).toEqual([['7', 200n, 40n]]);
    fold(state, { boot_id: 'b', seq: 3, sent_ms: 3, estimated: true, policies: pair(6n) });
    expect(estimated(state)).toEqual([['7', 220n, 60n]]);
  });

  const marked = { estimated: true, policies: pair(10n) } as const;
  it.each([
    [
      'the mark comes first',
      [
        { seq: 1, ...marked },
        { seq: 2, policies: pair(15n) },
      ],
    ],
    [
      'the mark comes last',
      [
        { seq: 2, policies: pair(15n) },
        { seq: 1, ...marked },
      ],
    ],
    [
      'only the repeated report is marked',
      [
        { seq: 2, policies: pair(15n) },
        { seq: 2, ...marked, policies: pair(15n) },
      ],
    ],
  ] as [string, ReportSketch[]][])('is estimated pair by pair if its reports differ: %s', (_, sketches) => {
    for (const closed of [false, true]) {
      const state = emptyState();
      if (closed) fold(state, { boot_id: 'newer', sent_ms: 60_000 });
      fold(state, { seq: 1, policies: pair(7n, 0, '8') });
      let gained = 0n;
      for (const sketch of sketches) {
        gained += fold(state, sketch).changes.counters.get('7')?.estimated_bytes ?? 0n;
      }
      expect(gained).toBe(150n);
      expect(estimated(state).sort()).toEqual([
        ['7', 150n, 150n],
        ['8', 70n, 0n],
      ]);
      for (const sketch of sketches) expect(fold(state, sketch).result).toBe('old');
    }
  });
});

describe("an edge's clock", () => {
  const YEARS = 10 * 365 * 86_400_000;

  it('that runs ahead does not keep its boot current', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', sent_ms: YEARS, policies: pair(10n, 2) }, 1000);
    expect(state.lane.sent_at_ms).toBe(T0 + 1000);
    const { changes } = fold(state, { boot_id: 'b', sent_ms: 2000, policies: pair(3n, 1) }, 3000);
    expect(state.lane.boot_id).toBe('b');
    expect(changes.boots.get('a')?.sent_at_ms).toBe(T0 + 1000);
    fold(state, { boot_id: 'c', sent_ms: 2000, policies: pair(1n, 4) }, 9000);
    expect(totals(state)).toEqual([['7', 14n, 4]]);
  });

  it('is limited to the time of arrival, also for a late report', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', sent_ms: 0, policies: pair(1n) }, 0);
    fold(state, { boot_id: 'b', sent_ms: 5000, policies: pair(1n) }, 5000);
    fold(state, { boot_id: 'a', seq: 2, sent_ms: YEARS, policies: pair(2n) }, 4000);
    expect(state.boots.get('a')?.sent_at_ms).toBe(T0 + 4000);
  });
});

describe('a boot with fewer parts than the one before', () => {
  it('is stored until another report arrives', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', parts: 3, policies: pair(1n) });
    expect(state.lane.parts_before).toBe(0);
    fold(state, { boot_id: 'b', parts: 2, sent_ms: 1, policies: pair(1n) });
    expect(state.lane.parts_before).toBe(3);
    fold(state, { boot_id: 'c', parts: 1, sent_ms: 2, policies: pair(1n) });
    expect(state.lane.parts_before).toBe(3);
    fold(state, { boot_id: 'd', parts: 4, sent_ms: 3, policies: pair(1n) });
    expect(state.lane.parts_before).toBe(0);
  });
});

describe('path totals', () => {
  const path = (tx: bigint): PathReport[] => [
    {
      path_id: 'p-1',
      latency_ms: 1,
      jitter_ms: 1,
      packet_loss_pct: 0,
      bandwidth_mbps: 100,
      measured_at: new Date(T0).toISOString(),
      tx_packets: tx,
      tx_bytes: tx * 100n,
      rx_packets: tx * 2n,
      rx_bytes: tx * 300n,
    },
  ];
  const sent = ({ lane }: LaneState) =>
    lanePathTotals(lane).map(({ tx_packets, tx_bytes, rx_packets, rx_bytes }) => {
      expect([tx_bytes, rx_packets]).toEqual([tx_packets * 100n, tx_packets * 2n]);
      return [tx_packets, rx_bytes];
    });

  it('are summed over boots, including late reports', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', seq: 1, paths: path(10n) });
    fold(state, { boot_id: 'b', seq: 1, sent_ms: 9, paths: path(5n) });
    fold(state, { boot_id: 'a', seq: 2, sent_ms: 1, paths: path(12n) });
    expect(sent(state)).toEqual([[17n, 5100n]]);
    fold(state, { boot_id: 'a', seq: 3, sent_ms: 10, paths: path(13n) });
    expect(sent(state)).toEqual([[18n, 5400n]]);
  });

  it('of a late report start with a path that is new to its boot, and restart when the path is set up again', () => {
    const state = emptyState();
    fold(state, { boot_id: 'a', seq: 1 });
    fold(state, { boot_id: 'b', sent_ms: 9, paths: path(5n) });
    fold(state, { boot_id: 'a', seq: 2, sent_ms: 1, paths: path(12n) });
    expect(sent(state)).toEqual([[17n, 5100n]]);
    fold(state, { boot_id: 'a', seq: 3, sent_ms: 2, paths: path(4n) });
    expect(sent(state)).toEqual([[21n, 6300n]]);
  });

  it('restart when a path is set up again within a boot', () => {
    const state = emptyState();
    fold(state, { seq: 1, paths: path(10n) });
    fold(state, { seq: 2, paths: path(3n) });
    expect(sent(state)).toEqual([[13n, 3900n]]);
  });
});

it('stores no earlier parts when a boot has as many parts as the one before', () => {
  const state = emptyState();
  fold(state, { boot_id: 'a', parts: 2 });
  fold(state, { boot_id: 'b', parts: 2, sent_ms: 1 });
  expect(state.lane.parts_before).toBe(0);
});

describe('several reports in one step', () => {
  it.each<[string, (bigint | undefined)[], bigint | undefined]>([
    ['none of two', [undefined, undefined], undefined],
    ['the first of two', [10n, undefined], 10n],
    ['the second of two', [undefined, 10n], 10n],
    ['both', [10n, 7n], 17n],
  ])('add up estimated bytes: %s', (_, estimates, sum) => {
    const counters = new Map<string, CounterChange>();
    for (const estimated_bytes of estimates) {
      addCounterChange(counters, '7', {
        ...{ packets: 1n, bytes: 10n, active_flows: 0, ...NO_RATES },
        ...(estimated_bytes !== undefined && { estimated_bytes }),
      });
    }
    expect(counters.get('7')).toEqual({
      ...{ packets: 2n, bytes: 20n, active_flows: 0, ...NO_RATES },
      ...(sum !== undefined && { estimated_bytes: sum }),
    });
  });

  it('add up their changes', () => {
    const state = emptyState();
    const [first, second] = [
      reportRecord({ boot_id: 'a', seq: 1, policies: pair(10n, 2) }),
      reportRecord({ boot_id: 'b', seq: 1, sent_ms: 1, policies: [...pair(3n, 1), ...pair(5n, 4, '8')] }),
    ].map(({ data }) => decodeReport(data, 'edge-1'));
    const arrival = { at_ms: T0, slot: 3 };
    const { changes } = foldReport(foldReport(state, first!, arrival), second!, arrival);
    expect(changes.counters).toEqual(
      new Map([
        ['7', { packets: 13n, bytes: 130n, active_flows: 1, ...NO_RATES }],
        ['8', { packets: 5n, bytes: 50n, active_flows: 4, ...NO_RATES }],
      ]),
    );
    expect([...changes.boots.keys()]).toEqual(['a']);
    expect(changes.parts).toEqual(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    );
  });
});
