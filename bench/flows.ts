import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type ArrivedReport, batchObjects } from '../core/flows/batch-objects.ts';
import { flowMatcher } from '../core/flows/flow-filter.ts';
import type { FlowLogStore } from '../core/flows/flow-log-store.ts';
import { readFlowLogs } from '../core/flows/read-flow-logs.ts';
import { FlowSums } from '../core/flows/top-flows.ts';
import type { Report } from '../core/report/report.ts';
import type { FlowRecord } from '../core/totals/flow-record.ts';
import { makeFlowBucket } from '../test/support/flow-bucket.ts';
import type { BenchRow } from './bench-row.ts';

const EDGES = 1000;
/** The number of flows that an edge lists in a report. */
const FLOWS = 100;
/** How long Lambda collects reports before it calls ingest. */
const WINDOW_MS = 5000;
const ROUNDS = 7;
const MAX_RATIO = 2;
const NOW = Date.UTC(2026, 0, 31, 12, 30);

/**
 * The largest flows of the last minute of 1,000 edges, from the bucket, and the cost of writing
 * them.
 */
export async function run(): Promise<BenchRow[]> {
  const bucket = await makeFlowBucket();
  try {
    const reports = Array.from({ length: EDGES }, (_, edge) => reportOf(edge));
    const before = process.cpuUsage();
    let bytes = 0;
    let puts = 0;
    for (const batch of Map.groupBy(reports, each => Math.floor(each.arrived_at_ms / WINDOW_MS)).values()) {
      for await (const { key, body } of batchObjects(batch, { shard: 0 })) {
        await bucket.objects.put(key, body);
        bytes += body.length;
        puts += 1;
      }
    }
    const { user } = process.cpuUsage(before);
    const alone = await bytesAlone(reports);
    const store: FlowLogStore = {
      objects: bucket.objects,
      client: emptyTable(),
      table: 'traffic',
      clock: () => NOW,
      deadline: Number.POSITIVE_INFINITY,
      ttl_hours: 24,
    };
    const value = await medianMs(() => topFlows(store));
    const peer_value = await medianMs(() => readFlowLogs(store, range, () => {}));
    const ratio = value / peer_value;
    return [
      {
        name: `topFlows of ${EDGES} edges' last minute, ${FLOWS} flows each`,
        value,
        unit: 'ms',
        peer: 'reading and unpacking alone',
        peer_value,
        ratio,
        threshold: `ratio <= ${MAX_RATIO}`,
        ok: ratio <= MAX_RATIO,
        note: `${puts} objects, the local S3 in the same process`,
      },
      {
        name: `flow log: bytes a report of ${FLOWS} flows`,
        value: bytes / EDGES,
        unit: 'B',
        peer: 'one object a report',
        peer_value: alone / EDGES,
        ratio: bytes / alone,
        threshold: 'ratio <= 1',
        ok: bytes <= alone,
        note: `${puts / EDGES} S3 requests a report, ${Math.round(user / EDGES)} µs of CPU`,
      },
    ];
  } finally {
    await bucket.close();
  }
}

const range = { from: NOW - 60_000, to: NOW };

async function topFlows(store: FlowLogStore): Promise<void> {
  const sums = new FlowSums(flowMatcher({}));
  await readFlowLogs(store, range, report => sums.add(report));
  const { reports, flows, distinct } = sums.largest(10);
  if (reports !== EDGES || flows.length !== 10 || distinct !== EDGES * FLOWS) {
    throw new Error(`topFlows read ${reports} reports and ${distinct} flows`);
  }
}

async function bytesAlone(reports: readonly ArrivedReport[]): Promise<number> {
  let bytes = 0;
  for (const report of reports) {
    for await (const { body } of batchObjects([report], { shard: 0 })) bytes += body.length;
  }
  return bytes;
}

/** No erasures, and no items of the last release. */
function emptyTable(): DynamoDBDocumentClient {
  return { send: async () => ({ Items: [{ sk: 'OBJECTS', since_ms: 0, legacy_until_ms: 0 }] }) } as never;
}

function reportOf(edge: number): ArrivedReport {
  const flows = Array.from({ length: FLOWS }, (_, index) => flowOf(edge, index));
  const arrived_at_ms = NOW - 60_000 + edge * 59;
  const report = {
    edge_id: `edge-${edge}`,
    site_id: `550e8400-e29b-41d4-a716-4466554400${String(edge % 100).padStart(2, '0')}`,
    boot_id: `01JJZ3NDEKTSV4RRFFQ69G${String(edge).padStart(4, '0')}`,
    seq: 42,
    part: 0,
    interval_s: 60,
    flows,
  } as Report;
  return { report, sent_at_ms: arrived_at_ms - 300, arrived_at_ms };
}

/** Numbers that look like those of an office: they determine how well a report is compressed. */
function flowOf(edge: number, index: number): FlowRecord {
  const noise = Math.imul(edge * FLOWS + index + 1, 0x9e3779b1) >>> 0;
  const packets = 1n + BigInt(noise % 9973);
  const at = NOW - 120_000 + edge * 59;
  return {
    policy_id: String(1 + (noise % 20)),
    endpoint_id: `wan${1 + (noise % 2)}`,
    src: `10.${edge >> 8}.${edge & 255}.${index + 1}`,
    src_port: 32_768 + (noise % 28_000),
    dst: `198.51.${noise & 255}.${(noise >>> 8) & 255}`,
    dst_port: [443, 53, 5060, 3478, 22][noise % 5]!,
    protocol: noise % 5 === 1 ? 17 : 6,
    packets,
    bytes: packets * BigInt(60 + (noise % 1400)),
    first: new Date(at + (noise % 30_000)).toISOString(),
    last: new Date(at + 30_000 + (noise % 29_000)).toISOString(),
  };
}

async function medianMs(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}
