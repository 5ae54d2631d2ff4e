import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeBoot } from '../../../core/ledger/lane/close-boot.ts';
import { foldReport } from '../../../core/ledger/lane/fold.ts';
import { policiesWithGauges, withdrawGauges } from '../../../core/ledger/lane/gauges.ts';
import { emptyPair, type Lane, newLane } from '../../../core/ledger/lane/lane.ts';
import { joinSpans, ratedSpan, ratesOf } from '../../../core/ledger/lane/lane-rates.ts';
import { type LaneState, NO_CHANGES } from '../../../core/ledger/lane/lane-state.ts';
import { bitRate, NO_RATE, packetRate, packRate, ratedPairs } from '../../../core/ledger/lane/pair-rate.ts';
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

/** The lane after a report that arrives when it is sent, or at `arrived_ms` after T0. */
function fold(state: LaneState, sketch: ReportSketch, arrived_ms = sketch.sent_ms ?? 0): LaneState {
  const decoded = decodeReport(reportRecord(sketch).data, 'edge-1');
  return foldReport({ ...state, changes: NO_CHANGES }, decoded, { at_ms: T0 + arrived_ms, slot: 0 });
}

const counted = (packets: bigint, policy_id = '7') => [{ policy_id, packets, bytes: packets * 1000n }];

/** Bits and thousandths of a packet a second of policy 7. */
function rateIn({ lane }: LaneState) {
  const { rate } = lane.pairs.get('7\u0000wan1') ?? [...lane.pairs.values()][0]!;
  return [lane.rated_ms, bitRate(rate), packetRate(rate)];
}

describe('a rate', () => {
  it.each([
    [0n, 0n, 60_000, 0, 0],
    [1n, 0n, 60_000, 1, 0],
    [60n, 1n, 3_600_000, 1, 1],
    [60n, 1n, 60_000, 8, 17],
    [1500n, 100n, 10_000, 1200, 10_000],
    [75_000_000n, 60_000n, 60_000, 10_000_000, 1_000_000],
    [2n ** 90n, 2n ** 80n, 1, 1022 * 2 ** 30, 1022 * 2 ** 30],
  ])(
    'of %d bytes and %d packets in %d ms is %d bit/s and %d thousandths of a packet/s',
    (bytes, packets, ms, bits, thousandths) => {
      const rate = packRate(bytes, packets, ms);
      expect(Math.abs(bitRate(rate) - bits)).toBeLessThanOrEqual(bits / 1000);
      expect(Math.abs(packetRate(rate) - thousandths)).toBeLessThanOrEqual(thousandths / 1000);
    },
  );

  it('is a whole number within 0.1 % of the traffic, 0 only without traffic, and takes four bytes', () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 60n });
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 500, max: 1e10 }), (bytes, packets, ms) => {
        const rate = packRate(bytes, packets, ms);
        expect(rate).toBeLessThan(2 ** 28);
        for (const [shown, exact] of [
          [bitRate(rate), (Number(bytes) * 8000) / ms],
          [packetRate(rate), (Number(packets) * 1e6) / ms],
        ] as const) {
          expect(Number.isInteger(shown)).toBe(true);
          expect(shown === 0).toBe(exact === 0);
          if (exact > 1 && exact < 1022 * 2 ** 30) {
            expect(Math.abs(shown - exact)).toBeLessThanOrEqual(Math.max(0.5, exact / 1000));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the rates of a lane', () => {
  it('are unknown before the second report of a boot', () => {
    const first = fold(NO_LANE, { seq: 1, sent_ms: 0, policies: counted(10n) });
    expect(rateIn(first)).toEqual([undefined, 0, 0]);
    const second = fold(first, { seq: 2, sent_ms: 10_000, policies: counted(30n) });
    expect(rateIn(second)).toEqual([10_000, 16_000, 2000]);
    const booted = fold(second, { boot_id: 'next', seq: 1, sent_ms: 20_000, policies: counted(5n) });
    expect(rateIn(booted)).toEqual([undefined, 0, 0]);
    expect(booted.changes.counters.get('7')).toMatchObject({ bit_rate: -16_000, packet_rate: -2000 });
  });

  it("divide by the time between two reports on the edge's clock, with lost reports and a clock that runs ahead", () => {
    const first = fold(NO_LANE, { seq: 1, sent_ms: 0, policies: counted(10n) });
    const lost = fold(first, { seq: 4, sent_ms: 40_000, policies: counted(90n) }, 95_000);
    expect(rateIn(lost)).toEqual([40_000, 16_000, 2000]);
    const ahead = fold(lost, { seq: 5, sent_ms: 9e9, policies: counted(100n) }, 50_000);
    expect(rateIn(ahead)).toEqual([10_000, 8000, 1000]);
  });

  it('are unknown if two reports are less than half a second apart', () => {
    const first = fold(NO_LANE, { seq: 1, sent_ms: 0, policies: counted(10n) });
    const fast = fold(first, { seq: 2, sent_ms: 499, policies: counted(1000n) });
    expect(rateIn(fast)).toEqual([undefined, 0, 0]);
    expect(rateIn(fold(first, { seq: 2, sent_ms: 500, policies: counted(1000n) }))[0]).toBe(500);
  });

  it('are 0 for a pair without growth, and unknown for a pair that a report omits', () => {
    const first = fold(NO_LANE, { seq: 1, sent_ms: 0, policies: [...counted(10n), ...counted(10n, '8')] });
    const second = fold(first, {
      seq: 2,
      sent_ms: 10_000,
      policies: [...counted(20n), ...counted(20n, '8')],
    });
    const third = fold(second, { seq: 3, sent_ms: 20_000, policies: counted(20n) });
    expect([third.lane.rated_ms, ...Array.from(third.lane.pairs.values(), ({ rate }) => rate)]).toEqual([
      10_000,
      packRate(0n, 0n, 10_000),
      NO_RATE,
    ]);
    for (const id of ['7', '8']) {
      expect(third.changes.counters.get(id)).toMatchObject({ bit_rate: -8000, packet_rate: -1000 });
    }
  });

  it('do not change with a late report, old or of another boot', () => {
    let state = fold(NO_LANE, { boot_id: 'a', seq: 1, sent_ms: 0, policies: counted(10n) });
    state = fold(state, { boot_id: 'b', seq: 1, sent_ms: 10_000, policies: counted(10n) });
    state = fold(state, { boot_id: 'b', seq: 3, sent_ms: 30_000, policies: counted(50n) });
    for (const late of [
      { boot_id: 'b', seq: 2, sent_ms: 20_000, policies: counted(3n, '8') },
      { boot_id: 'a', seq: 2, sent_ms: 9000, policies: counted(99n) },
    ]) {
      const after = fold(state, late);
      expect(rateIn(after)).toEqual([20_000, 16_000, 2000]);
      for (const change of after.changes.counters.values()) {
        expect(change).toMatchObject({ bit_rate: 0, packet_rate: 0 });
      }
    }
  });

  it('return to those of a boot that reports again', () => {
    let state = fold(NO_LANE, { boot_id: 'a', seq: 1, sent_ms: 0, policies: counted(10n) });
    state = fold(state, { boot_id: 'b', seq: 1, sent_ms: 10_000, policies: counted(7n) });
    state = fold(state, { boot_id: 'a', seq: 2, sent_ms: 20_000, policies: counted(50n) });
    expect(rateIn(state)).toEqual([20_000, 16_000, 2000]);
  });

  it("are withdrawn with the lane's flows, and unknown from then on", () => {
    let state = fold(NO_LANE, { seq: 1, sent_ms: 0, policies: counted(10n) });
    state = fold(state, { seq: 2, sent_ms: 10_000, policies: counted(30n) });
    const silent = withdrawGauges({ ...state, changes: NO_CHANGES });
    expect(rateIn(silent)).toEqual([undefined, 0, 0]);
    expect(silent.changes.counters.get('7')).toMatchObject({ bit_rate: -16_000, packet_rate: -2000 });
    // Traffic during the silence counts, over its duration.
    const back = fold(silent, { seq: 3, sent_ms: 1_010_000, policies: counted(1030n) });
    expect(rateIn(back)).toEqual([1_000_000, 8000, 1000]);
  });

  it('always sum up to those of the counters, and are 0 once the lane is silent', () => {
    const step = fc.record({
      boot: fc.nat({ max: 1 }),
      seconds: fc.nat({ max: 20 }),
      late: fc.boolean(),
      what: fc.constantFrom('report', 'report', 'report', 'silence', 'void'),
      grown: fc.array(fc.nat({ max: 1e9 }), { minLength: 4, maxLength: 4 }),
      named: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let state = NO_LANE;
        const sums = new Map<string, [number, number, number]>();
        const boots = [0, 1].map(() => ({ seq: 0, packets: [0, 0, 0, 0] }));
        let now = 0;
        for (const { boot, seconds, late, what, grown, named } of steps) {
          now += seconds * 1000;
          state = { ...state, changes: NO_CHANGES };
          if (what === 'silence') state = withdrawGauges(state);
          else if (what === 'void') state = state.lane.boot_id === '' ? state : closeBoot(state);
          else {
            const of = boots[boot]!;
            of.packets = of.packets.map((packets, index) => packets + grown[index]!);
            const policies = of.packets
              .map((packets, index) => ({
                policy_id: `${index % 3}`,
                endpoint_id: `${index}`,
                packets,
                index,
              }))
              .filter(({ index }) => named[index])
              .map(({ index: _, packets, ...pair }) => ({
                ...pair,
                packets: BigInt(packets),
                bytes: BigInt(packets),
              }));
            const sketch = {
              boot_id: `boot-${boot}`,
              seq: ++of.seq,
              sent_ms: late ? now - 5000 : now,
              policies,
            };
            state = fold(state, sketch, now);
            state = { ...state, lane: decodeLane(state.lane, encodeLane(state.lane)) };
          }
          for (const [id, { bit_rate, packet_rate, rated_pairs }] of state.changes.counters) {
            const [bits, packets, rated] = sums.get(id) ?? [0, 0, 0];
            sums.set(id, [bits + bit_rate, packets + packet_rate, rated + rated_pairs]);
          }
          const due = new Map<string, [number, number, number]>();
          for (const { policy_id, rate } of state.lane.pairs.values()) {
            const [bits, packets, rated] = due.get(policy_id) ?? [0, 0, 0];
            due.set(policy_id, [bits + bitRate(rate), packets + packetRate(rate), rated + ratedPairs(rate)]);
          }
          for (const id of sums.keys()) expect(sums.get(id)).toEqual(due.get(id) ?? [0, 0, 0]);
          if (state.lane.rated_ms === undefined) {
            for (const sum of sums.values()) expect(sum).toEqual([0, 0, 0]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A lane whose last two reports are of these times, with a pair for each rate. */
function ratedLane(from_ms: number, to_ms: number, rates: readonly number[]): Lane {
  const pairs = rates.map((rate, i) => ({ ...emptyPair({ policy_id: `p${i}`, endpoint_id: 'wan1' }), rate }));
  const lane = { ...newLane({ edge_id: 'edge-1', part: 0 }), boot_id: 'b', rated_ms: to_ms - from_ms };
  return { ...lane, sent_at_ms: to_ms, pairs: new Map(pairs.map(pair => [pair.policy_id, pair])) };
}

describe('the rates of several lanes', () => {
  it('are the sum of the known ones, over the times of all of them', () => {
    const slow = packRate(1000n, 8n, 1000);
    const idle = packRate(0n, 0n, 1000);
    const lanes = [ratedLane(5000, 9000, [slow, NO_RATE]), ratedLane(4000, 8000, [slow, idle])];
    const unknown = { ...ratedLane(1, 2, []), rated_ms: undefined };
    expect(ratesOf([unknown, ...lanes])).toEqual({
      bit_rate: 2 * bitRate(slow),
      packet_rate: 16_000,
      rated_pairs: 3,
      from_ms: 4000,
      to_ms: 9000,
    });
  });

  it('are unknown if no lane has any', () => {
    expect(ratesOf([{ ...ratedLane(1, 2, []), rated_ms: undefined }])).toBeUndefined();
    expect(ratesOf([])).toBeUndefined();
  });

  it('have no span once the boot is closed', () => {
    const lane = ratedLane(5000, 9000, []);
    expect(ratedSpan(lane)).toEqual({ from_ms: 5000, to_ms: 9000 });
    expect(ratedSpan({ ...lane, boot_id: '' })).toBeUndefined();
  });

  it('join two spans into the known one if the other is unknown', () => {
    const span = { from_ms: 1, to_ms: 2 };
    expect(joinSpans(undefined, span)).toBe(span);
    expect(joinSpans(span, undefined)).toBe(span);
    expect(joinSpans(undefined, undefined)).toBeUndefined();
  });
});

describe('gauges', () => {
  const lane = ratedLane(0, 1000, [NO_RATE, packRate(0n, 0n, 1000), packRate(5n, 1n, 1000)]);

  it('exist for policies with a known rate, also 0, or with active flows', () => {
    const active = { ...emptyPair({ policy_id: 'active', endpoint_id: 'wan1' }), active_flows: 1 };
    const pairs = new Map([...lane.pairs, ['active', active]]);
    expect([...policiesWithGauges({ ...lane, pairs })].sort()).toEqual(['active', 'p1', 'p2']);
  });

  it('are subtracted only if they exist', () => {
    const { changes } = withdrawGauges({ ...NO_LANE, lane });
    expect([...changes.counters.keys()].sort()).toEqual(['p1', 'p2']);
  });

  it('count one rated pair for each known rate', () => {
    expect([...lane.pairs.values()].map(({ rate }) => ratedPairs(rate))).toEqual([0, 1, 1]);
  });
});

it('knows the rate of a boot at its second report if the first has number 0', () => {
  const first = fold(NO_LANE, { seq: 0, policies: counted(1n) });
  const second = fold(first, { seq: 1, sent_ms: 1000, policies: counted(2n) });
  expect(second.lane.rated_ms).toBe(1000);
});
