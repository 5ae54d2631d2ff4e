import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import { type Random, seededRandom } from './random.ts';
import { type RecordPlace, type ReportSketch, rawRecord, reportRecord } from './report-records.ts';

export interface StreamShape {
  seed: number;
  edges: number;
  boots: number;
  /** Reports of a boot. */
  reports: number;
  policies: number;
  maxParts: number;
  /** Shards at the beginning; each is split or merged `reshards` times. */
  shards: number;
  reshards: number;
  /** Probabilities of a report. */
  lost: number;
  repeated: number;
  /** The largest number of places by which a report may be delayed in its edge's order. */
  disorder: number;
  /**
   * Between two arrivals of an edge, milliseconds; 10 by default. With many hours, pairs become
   * idle and return.
   */
  spacing_ms?: number;
  /**
   * Records that must be quarantined. Only in streams in order: a total can decrease only after it
   * has increased.
   */
  bad: boolean;
  /** A prefix of every id, so that runs can share tables. */
  prefix: string;
}

/** Totals that are due, by edge, part, boot, policy and endpoint. */
export interface ExpectedPair {
  edge_id: string;
  boot_id: string;
  part: number;
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  bytes: bigint;
  /** All of the bytes if a report that names the pair is marked, and has arrived; otherwise 0. */
  estimated_bytes: bigint;
}

export interface ReportStream {
  /**
   * By generation, then by shard: the shards of a generation are read after those of the earlier
   * one have ended.
   */
  generations: StreamRecord[][][];
  expected: ExpectedPair[];
  edges: string[];
  badRecords: number;
}

interface Delivery {
  sketch: ReportSketch;
  order: number;
}

/** A stream of edges: growing totals, consecutive boots, and every kind of network fault. */
export function makeStream(shape: StreamShape): ReportStream {
  const random = seededRandom(shape.seed);
  const expected: ExpectedPair[] = [];
  const edges: string[] = [];
  let badRecords = 0;
  const generations: StreamRecord[][][] = Array.from({ length: shape.reshards + 1 }, (_, generation) =>
    Array.from({ length: Math.max(1, shape.shards + (generation % 2)) }, () => []),
  );
  let sequence = 0;
  for (let e = 0; e < shape.edges; e++) {
    const edge_id = `${shape.prefix}edge-${e}`;
    edges.push(edge_id);
    const deliveries = edgeDeliveries(edge_id, shape, random, expected);
    const bad = shape.bad ? badOnes(deliveries, random) : [];
    badRecords += bad.length;
    const records = [...deliveries, ...bad];
    for (const [i, { sketch }] of records.entries()) {
      const generation = Math.min(shape.reshards, Math.floor((i / records.length) * (shape.reshards + 1)));
      const shards = generations[generation]!;
      const shard = e % shards.length;
      const arrived_ms = i * (shape.spacing_ms ?? 10);
      const place: RecordPlace = { sequence: sequence++, shard: generation * 7 + shard, arrived_ms };
      shards[shard]!.push(recordOf(sketch, edge_id, place));
    }
  }
  return { generations, expected, edges, badRecords };
}

function recordOf(sketch: ReportSketch, edge_id: string, place: RecordPlace): StreamRecord {
  if (sketch.v === undefined) return reportRecord(sketch, place);
  return rawRecord(Buffer.from(`not a report ${place.sequence}`), { ...place, partition_key: edge_id });
}

function edgeDeliveries(
  edge_id: string,
  shape: StreamShape,
  random: Random,
  expected: ExpectedPair[],
): Delivery[] {
  const deliveries: Delivery[] = [];
  for (let b = 0; b < shape.boots; b++) {
    const parts = 1 + random.below(shape.maxParts);
    // Clocks that were never set, and clocks that are years ahead.
    const clockSkew = random.chance(0.4) ? random.pick([-1e12, 1e12]) : 0;
    // Nearly all boots either count exactly or estimate. For one that does both, the order of its
    // reports must not matter.
    const estimated = random.pick([0, 0, 0, 1, 1, 0.5]);
    for (let part = 0; part < parts; part++) {
      const boot = { edge_id, boot_id: `boot-${b}`, part, parts };
      const sketches = partReports(boot, b * 3_600_000 + clockSkew, shape, random);
      for (const sketch of sketches) if (random.chance(estimated)) sketch.estimated = true;
      const delivered = sketches.filter(() => !random.chance(shape.lost));
      // The count of a pair is in the last report that names it, whatever later ones omit.
      const newest = new Map<string, ExpectedPair>();
      const marked = new Set<string>();
      for (const { policies = [], estimated } of delivered) {
        for (const pair of policies) {
          const name = { edge_id, boot_id: boot.boot_id, part };
          const whole = { ...name, endpoint_id: 'wan1', packets: 0n, bytes: 0n, ...pair };
          const key = `${whole.policy_id} ${whole.endpoint_id}`;
          if (estimated) marked.add(key);
          newest.set(key, { ...whole, estimated_bytes: marked.has(key) ? whole.bytes : 0n });
        }
      }
      expected.push(...newest.values());
      for (const sketch of delivered) {
        const times = random.chance(shape.repeated) ? 2 + random.below(2) : 1;
        for (let t = 0; t < times; t++) {
          const order = b * 1000 + (sketch.seq ?? 0) * 10 + random.below(1 + shape.disorder * 10);
          deliveries.push({ sketch, order });
        }
      }
    }
  }
  return deliveries.sort((a, b) => a.order - b.order);
}

function partReports(
  boot: Pick<ReportSketch, 'edge_id' | 'boot_id' | 'part' | 'parts'>,
  start_ms: number,
  shape: StreamShape,
  random: Random,
): ReportSketch[] {
  const pairs = Array.from({ length: shape.policies }, (_, p) => ({
    policy_id: `${shape.prefix}p${(p % Math.ceil(shape.policies / 2)) * 3 + boot.part!}`,
    endpoint_id: `wan${Math.floor(p / Math.ceil(shape.policies / 2))}`,
    packets: 0n,
    bytes: 0n,
  }));
  const leftOut = shape.spacing_ms === undefined ? 0.2 : 0.6;
  const reports: ReportSketch[] = [];
  for (let seq = 1; seq <= shape.reports; seq++) {
    for (const pair of pairs) {
      if (random.chance(0.3)) continue;
      pair.packets += BigInt(random.below(1000));
      pair.bytes += random.chance(0.1) ? 2n ** 52n : BigInt(random.below(1_000_000));
    }
    const all = pairs.map(pair => ({ ...pair, active_flows: random.below(5) }));
    const sketch: ReportSketch = {
      ...boot,
      seq,
      sent_ms: start_ms + seq * 60_000 + random.below(100),
      policies: all.filter(() => !random.chance(leftOut)),
    };
    reports.push(sketch);
  }
  return reports;
}

/**
 * Of the edge's last report: with another number of parts, with a lower total, with one above that
 * of a report with the same or a later number, with a number far ahead; and an unreadable record.
 */
function badOnes(deliveries: Delivery[], random: Random): Delivery[] {
  const last = deliveries.at(-1);
  if (!last) return [];
  const { sketch, order } = last;
  const seq = (sketch.seq ?? 0) + 1000;
  const bad: ReportSketch[] = [
    { ...sketch, v: 1 },
    { ...sketch, seq, parts: (sketch.parts ?? 1) + 1 },
  ];
  const up = sketch.policies?.find(({ packets = 0n }) => packets > 0n);
  bad.push({ ...sketch, seq: seq + 20_000_000 });
  if (up) {
    const most = highest(deliveries, sketch, up);
    bad.push({ ...sketch, seq, policies: [{ ...up, packets: (up.packets ?? 0n) - 1n }] });
    bad.push({ ...sketch, policies: [{ ...up, packets: most + 1n }] });
  }
  return bad.filter(() => random.chance(0.7)).map(badSketch => ({ sketch: badSketch, order }));
}

/** The highest number of packets in any report of a boot and part. */
function highest(
  deliveries: readonly Delivery[],
  { boot_id, part }: ReportSketch,
  { policy_id, endpoint_id }: Pick<ExpectedPair, 'policy_id'> & { endpoint_id?: string },
): bigint {
  const packets = deliveries
    .filter(({ sketch }) => sketch.boot_id === boot_id && sketch.part === part)
    .flatMap(({ sketch }) => sketch.policies ?? [])
    .filter(pair => pair.policy_id === policy_id && pair.endpoint_id === endpoint_id)
    .map(pair => pair.packets ?? 0n);
  return packets.reduce((most, one) => (one > most ? one : most), 0n);
}
