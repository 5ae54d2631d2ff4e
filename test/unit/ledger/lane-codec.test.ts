import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Boot } from '../../../core/ledger/lane/boot.ts';
import { hourOf } from '../../../core/ledger/lane/hour-of.ts';
import type { IdleSegment } from '../../../core/ledger/lane/idle-pairs.ts';
import {
  emptyPair,
  emptyPath,
  type Lane,
  type LanePair,
  NOT_NAMED,
  newLane,
} from '../../../core/ledger/lane/lane.ts';
import { NO_RATE, packRate } from '../../../core/ledger/lane/pair-rate.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { decodeBoot, encodeBoot } from '../../../core/ledger/packing/boot-codec.ts';
import { decodeIdleSegment, encodeIdleSegment } from '../../../core/ledger/packing/idle-codec.ts';
import { decodeLane, encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, sealPacked } from '../../../core/ledger/packing/packed-item.ts';
import { pairKey } from '../../../core/totals/pair-key.ts';
import { itemBytes } from '../../support/item-bytes.ts';

const count = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 127n, 128n, 2n ** 53n),
);
const id = fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 128, unit: 'grapheme' }));
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const time = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
const pathCounts = fc.record({ tx_packets: count, tx_bytes: count, rx_packets: count, rx_bytes: count });
const pairs = fc
  .array(
    fc.record({
      policy_id: id,
      endpoint_id: id,
      packets: count,
      bytes: count,
      active_flows: whole,
      rate: fc.nat({ max: 2 ** 28 - 1 }),
      earlier_packets: count,
      earlier_bytes: count,
      estimated: fc.boolean(),
      earlier_estimated: count,
      seq: fc.constantFrom(NOT_NAMED, 0, 1, 2, 3),
      named_hour: fc.nat({ max: 17_000 }),
    }),
    { maxLength: 80 },
  )
  .map(list => new Map(list.map(pair => [pairKey(pair), pair])));
const figure = fc.nat({ max: 1_000_000_000 }).map(thousandths => thousandths / 1000);
const reading = fc.record({
  measured_at_ms: time,
  told_at_ms: time,
  latency_ms: figure,
  jitter_ms: figure,
  packet_loss_pct: figure,
  bandwidth_mbps: figure,
});
const paths = fc
  .array(
    fc.record(
      { path_id: id, current: pathCounts, earlier: pathCounts, reading },
      { requiredKeys: ['path_id', 'current', 'earlier'] },
    ),
  )
  .map(list => new Map(list.map(path => [path.path_id, path])));
const lanes: fc.Arbitrary<Lane> = fc
  .record(
    {
      rated_ms: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      clock: fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 3 }),
      edge_id: id,
      part: fc.nat({ max: 1023 }),
      site_id: id,
      policies_version: id,
      interval_s: fc.constantFrom(0.5, 1, 60),
      boot_id: id,
      seq: fc.integer({ min: 3, max: Number.MAX_SAFE_INTEGER }),
      parts: fc.integer({ min: 1, max: 1024 }),
      sent_at_ms: time,
      first_heard_at_ms: time,
      last_heard_at_ms: fc.integer({ min: 17_000 * 3_600_000, max: 253_402_300_799_999 }),
      slot: fc.nat({ max: 1023 }),
      parts_before: fc.nat({ max: 1024 }),
      idle_version: fc.constantFrom(0, 2 ** 48 - 2),
      pairs,
      paths,
    },
    {
      requiredKeys: [
        'edge_id',
        'part',
        'site_id',
        'policies_version',
        'interval_s',
        'boot_id',
        'seq',
        'parts',
        'sent_at_ms',
        'first_heard_at_ms',
        'last_heard_at_ms',
        'slot',
        'parts_before',
        'idle_version',
        'pairs',
        'paths',
      ],
    },
  )
  .map(lane => (lane.rated_ms === undefined ? withoutRates(lane) : lane));

/** A lane whose rates aren't known has none. */
function withoutRates(lane: Lane): Lane {
  return { ...lane, pairs: byKey(Array.from(lane.pairs.values(), pair => ({ ...pair, rate: NO_RATE }))) };
}

/** A lane of 20 pairs and 2 paths after months of traffic. */
function measuredLaneItem(policyId: (p: number) => string, endpoint_id: string) {
  const pairs = Array.from({ length: 20 }, (_, p) => {
    const rate = packRate(700_000_000n, 500_000n, 60_000 + p);
    const packets = 3_141_592n + BigInt(p * 7919);
    const bytes = 2_199_023_255n + BigInt(p * 104_729);
    const earlier = { earlier_packets: packets * 101n, earlier_bytes: bytes * 101n };
    const naming = { seq: YEARS.seq, named_hour: hourOf(YEARS.last_heard_at_ms) };
    const exact = { estimated: false, earlier_estimated: 0n };
    const counts = { packets, bytes, active_flows: 50 + p * 37, rate, ...earlier, ...exact };
    return { policy_id: policyId(p), endpoint_id, ...counts, ...naming };
  });
  const paths = Array.from({ length: 2 }, (_, p) => {
    const current = {
      tx_packets: 31_415_926n,
      tx_bytes: 21_990_232_550n,
      rx_packets: 31_415_000n,
      rx_bytes: 21_990_232_000n,
    };
    const path_id = `550e8400-e29b-41d4-a716-44665544000${p}.0123456789abcde${p}`;
    const reading = {
      measured_at_ms: YEARS.last_heard_at_ms - 23_456,
      told_at_ms: YEARS.last_heard_at_ms - 23_400,
      ...{ latency_ms: 23.456, jitter_ms: 1.234, packet_loss_pct: 1, bandwidth_mbps: 940.123 },
    };
    return [path_id, { path_id, current, earlier: current, reading }] as const;
  });
  const lane = {
    ...newLane({ edge_id: 'edge-berlin-12', part: 0 }),
    ...YEARS,
    ...{ clock: [-12, -15, -11], rated_ms: 60_012, pairs: byKey(pairs), paths: new Map(paths) },
  };
  return { ...laneKey(lane.edge_id, lane.part), version: 2 ** 48 - 2, data: encodeLane(lane) };
}

describe('a packed lane', () => {
  it('reads back unchanged with any content', () => {
    fc.assert(
      fc.property(lanes, lane => {
        const data = encodeLane(lane);
        expect(decodeLane(lane, data)).toEqual(lane);
      }),
    );
  });

  it.each([
    ['short ids', (p: number) => String(p + 1), 'wan1'],
    ['UUIDs', (p: number) => `550e8400-e29b-41d4-a716-4466554400${String(p).padStart(2, '0')}`, 'wan1'],
    ['long names', (p: number) => `policy-of-department-${p}`, 'uplink-provider-west'],
  ])('of 20 pairs after years of traffic is one write unit, %s', (_, policyId, endpoint_id) => {
    const pairs = Array.from({ length: 20 }, (_, p) => {
      // 2 TB and 3 billion packets in this boot, 100 times that before.
      const rate = packRate(7_000_000_000n, 5_000_000n, 60_000 + p);
      const packets = 3_141_592_653n + BigInt(p * 7919);
      const bytes = 2_199_023_255_552n + BigInt(p * 104_729);
      const earlier = { earlier_packets: packets * 101n, earlier_bytes: bytes * 101n };
      const naming = { seq: YEARS.seq, named_hour: hourOf(YEARS.last_heard_at_ms) };
      const exact = { estimated: false, earlier_estimated: 0n };
      const counts = { packets, bytes, active_flows: 1500 + p * 37, rate, ...earlier, ...exact };
      return { policy_id: policyId(p), endpoint_id, ...counts, ...naming };
    });
    const lane = {
      ...newLane({ edge_id: 'edge-berlin-12', part: 0 }),
      ...YEARS,
      rated_ms: 60_012,
      pairs: byKey(pairs),
    };
    const item = { ...laneKey(lane.edge_id, lane.part), version: 2 ** 48 - 2, data: encodeLane(lane) };
    expect(itemBytes(item)).toBeLessThanOrEqual(1024);
  });

  it.each([
    ['short ids', (p: number) => String(p + 1), 'wan1'],
    ['ids of policies', (p: number) => `p-01kg9ys7g1m6hc0s699g8et${String(p).padStart(3, '0')}`, 'wan1'],
  ])('of 20 pairs and 2 paths is one write unit, %s', (_, policyId, endpoint_id) => {
    const item = measuredLaneItem(policyId, endpoint_id);
    expect(itemBytes(item)).toBeLessThanOrEqual(1024);
  });

  it('is compressed if that makes it smaller', () => {
    const pairs = Array.from({ length: 80 }, (_, p) =>
      emptyPair({ policy_id: `policy-of-department-${p}`, endpoint_id: 'wan1' }),
    );
    const lane = { ...newLane({ edge_id: 'edge-1', part: 0 }), ...YEARS, pairs: byKey(pairs) };
    const data = encodeLane(lane);
    expect(data[0]).toBe(4);
    expect(decodeLane(lane, data)).toEqual(lane);
  });

  it.each([
    [{ generation: 7 }],
    [{ generation: 2 ** 47, moving: { to: 2 ** 40 + 1, through: 'p-\u{1f600}' } }],
    [{ generation: 0, moving: { to: 5, through: '' } }],
  ])('names the counters that hold its counts: %j', counted_in => {
    const lane = { ...newLane({ edge_id: 'e', part: 0 }), ...YEARS, counted_in };
    const data = encodeLane(lane);
    expect(decodeLane(lane, data)).toEqual(lane);
    // The last release, which would count in the wrong counters, cannot read it.
    expect(data[0]).toBeGreaterThan(4);
  });

  it('has no extra byte while its counts are in the first counters', () => {
    const lane = { ...newLane({ edge_id: 'e', part: 0 }), ...YEARS };
    expect(encodeLane({ ...lane, counted_in: { generation: 0 } })).toEqual(encodeLane(lane));
    expect(encodeLane(lane)[0]).toBe(3);
  });

  it('uses a separate layout for estimated counts, with two bytes more a pair', () => {
    const lane = { ...newLane({ edge_id: 'e', part: 0 }), ...YEARS, boot_id: 'b' };
    const pairs = Array.from({ length: 20 }, (_, p) => ({
      ...emptyPair({ policy_id: String(p), endpoint_id: 'wan1' }),
      ...{ packets: 10n, bytes: 2n ** 40n, seq: YEARS.seq, named_hour: hourOf(YEARS.last_heard_at_ms) },
    }));
    const exact = encodeLane({ ...lane, pairs: byKey(pairs) });
    const marked = encodeLane({ ...lane, pairs: byKey(pairs.map(pair => ({ ...pair, estimated: true }))) });
    expect([exact[0], marked[0]]).toEqual([3, 7]);
    expect(marked.length - exact.length).toBeLessThanOrEqual(2 * pairs.length + 3);
  });

  it.each([
    [
      'of another release',
      new Uint8Array([13, 1, 2]),
      'packed data is of format 13; this release reads 1 to 12',
    ],
    [
      'cut short',
      encodeLane({ ...newLane({ edge_id: 'e', part: 0 }), ...YEARS }).slice(0, 20),
      'packed data ends too soon',
    ],
    [
      'of more than 4 MB once it is decompressed',
      new Uint8Array([4, ...deflateRawSync(new Uint8Array(4 * 1024 * 1024 + 1))]),
      'Cannot create a Buffer larger than 4194304 bytes',
    ],
    ['empty', new Uint8Array(), 'packed data is of format undefined; this release reads 1 to 12'],
  ])('%s is rejected with the reason', (_, data, message) => {
    expect(() => decodeLane({ edge_id: 'e', part: 0 }, data)).toThrow(new PackedDataUnreadable(message));
  });

  it('is not read from random bytes, which never hang the decoder', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        try {
          decodeLane({ edge_id: 'e', part: 0 }, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(PackedDataUnreadable);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a packed boot', () => {
  it('reads back unchanged', () => {
    const boots: fc.Arbitrary<Boot> = fc.record({ lane: lanes, seq: whole }).map(({ lane, seq }) => ({
      boot_id: lane.boot_id,
      seq,
      parts: lane.parts,
      sent_at_ms: lane.sent_at_ms,
      pairs: new Map(
        [...lane.pairs].map(([key, { policy_id, endpoint_id, packets, bytes, estimated }]) => [
          key,
          { policy_id, endpoint_id, packets, bytes, estimated, seq: seq - (seq % 3) },
        ]),
      ),
      paths: new Map([...lane.paths].map(([path_id, { current }]) => [path_id, current])),
    }));
    fc.assert(
      fc.property(boots, boot => {
        expect(decodeBoot(boot.boot_id, encodeBoot(boot))).toEqual(boot);
      }),
    );
  });
});

it('packed data is never compressed if that makes it larger', () => {
  const random = randomBytes(1000);
  const sealed = sealPacked(random);
  expect(sealed.subarray(1)).toEqual(new Uint8Array(random));
});

describe('broken packed data', () => {
  const pair = { policy_id: 'p', endpoint_id: 'e', packets: 1n, bytes: 2n, estimated: true, seq: 1 };
  const boot = {
    boot_id: 'b',
    seq: 1,
    parts: 1,
    sent_at_ms: 0,
    pairs: new Map([['p\u0000e', pair]]),
    paths: new Map(),
  };
  const data = encodeBoot(boot);
  const withByte = (at: number, value: number) => data.map((byte, i) => (i === at ? value : byte));

  it.each([
    ['continues after its end', new Uint8Array([...data, 0]), 'packed data goes on after its end'],
    // After format, seq, parts, time, two strings and the number of pairs.
    ['names a missing string', withByte(10, 9), 'packed data names string 9 of 2'],
    // Its end: the pairs that are skipped twice and the mark, and the sum of other boots.
    [
      'names a missing estimated pair',
      withByte(data.length - 2, 3),
      'packed data names an estimated pair beyond its 1',
    ],
  ])('that %s is rejected', (_, broken, message) => {
    expect(decodeBoot('b', data)).toEqual(boot);
    expect(() => decodeBoot('b', broken)).toThrow(new PackedDataUnreadable(message));
  });
});

describe('a packed segment of idle pairs', () => {
  it('reads back unchanged', () => {
    const segments: fc.Arbitrary<IdleSegment> = fc.record({
      version: fc.integer({ min: 1, max: 2 ** 48 }),
      older: fc.array(fc.integer({ min: 1, max: 2 ** 48 })),
      pairs: fc
        .array(
          fc.record({
            policy_id: id,
            endpoint_id: id,
            boot_id: fc.oneof(fc.constant(''), id),
            seq: fc.constantFrom(NOT_NAMED, 0, 7, 2 ** 40),
            packets: count,
            bytes: count,
            earlier_packets: count,
            earlier_bytes: count,
            estimated: fc.boolean(),
            earlier_estimated: count,
          }),
        )
        .map(list => new Map(list.map(pair => [pairKey(pair), pair]))),
    });
    fc.assert(
      fc.property(segments, segment => {
        expect(decodeIdleSegment(segment.version, encodeIdleSegment(segment))).toEqual(segment);
      }),
    );
  });
});

describe('data packed by earlier releases', () => {
  const LANE =
    'AQFVDoQA4ptB1KcWRGZVRAAABDE3BDYwDGJvb3QtMSoBgOCY4Z15gNCYw4FngPjkvoJnAwQCNwh3YW4xAjgGb2xkAwABCugHAgX0AwIBA6wCAAAAAwEAAABjrE0BBnAtMQECAwQBAgME';
  const BOOT = 'AQkCgOCY4Z15AgI3CHdhbjEBAAEF9AMBBnAtMQECAwQ=';
  const counts = { tx_packets: 1n, tx_bytes: 2n, rx_packets: 3n, rx_bytes: 4n };
  const pair = (policy_id: string, packets: bigint, earlier: bigint) => ({
    ...emptyPair({ policy_id, endpoint_id: 'wan1' }),
    packets,
    bytes: packets * 100n,
    earlier_packets: earlier,
    earlier_bytes: earlier * 100n,
  });

  it('is read: a lane whose clock ran ahead, and whose pairs have no hour of naming', () => {
    const last_heard_at_ms = Date.UTC(2026, 0, 31, 12);
    const named = { seq: 42, named_hour: hourOf(last_heard_at_ms) };
    expect(decodeLane({ edge_id: 'edge-1', part: 0 }, Buffer.from(LANE, 'base64'))).toEqual({
      ...newLane({ edge_id: 'edge-1', part: 0 }),
      site_id: '550e8400-e29b-41d4-a716-446655440000',
      policies_version: '17',
      interval_s: 60,
      boot_id: 'boot-1',
      seq: 42,
      parts: 1,
      sent_at_ms: last_heard_at_ms,
      first_heard_at_ms: Date.UTC(2026, 0, 30),
      last_heard_at_ms,
      slot: 3,
      pairs: byKey([
        { ...pair('7', 10n, 5n), active_flows: 2, ...named },
        { ...pair('8', 3n, 0n), ...named },
        pair('old', 0n, 99n),
      ]),
      paths: new Map([['p-1', { path_id: 'p-1', current: counts, earlier: counts }]]),
    });
  });

  it('is read: a boot', () => {
    expect(decodeBoot('boot-0', Buffer.from(BOOT, 'base64'))).toEqual({
      boot_id: 'boot-0',
      seq: 9,
      parts: 2,
      sent_at_ms: Date.UTC(2036, 0, 1),
      pairs: new Map([
        [
          pairKey(pair('7', 0n, 0n)),
          { policy_id: '7', endpoint_id: 'wan1', packets: 5n, bytes: 500n, estimated: false, seq: 9 },
        ],
      ]),
      paths: new Map([['p-1', counts]]),
    });
  });
});

function byKey(pairs: readonly LanePair[]): Map<string, LanePair> {
  return new Map(pairs.map(pair => [pairKey(pair), pair]));
}

const YEARS = {
  site_id: '550e8400-e29b-41d4-a716-446655440000',
  policies_version: '1017',
  interval_s: 60,
  boot_id: '01JJZ3NDEKTSV4RRFFQ69G5FAV',
  seq: 525_600,
  parts: 1,
  sent_at_ms: Date.UTC(2026, 0, 31),
  first_heard_at_ms: Date.UTC(2024, 0, 31),
  last_heard_at_ms: Date.UTC(2026, 0, 31),
  slot: 15,
  parts_before: 0,
  idle_version: 2 ** 48 - 2,
};

it('keeps paths in the packed lane', () => {
  const path = emptyPath('p-1');
  path.current.tx_bytes = 2n ** 62n;
  const lane = { ...newLane({ edge_id: 'edge-1', part: 0 }), ...YEARS, paths: new Map([['p-1', path]]) };
  expect(decodeLane(lane, encodeLane(lane)).paths).toEqual(lane.paths);
});
