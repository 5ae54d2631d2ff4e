import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { flowMatcher } from '../core/flows/flow-filter.ts';
import { flowLogItem } from '../core/flows/flow-log.ts';
import { type FlowLogStore, readFlowLogs } from '../core/flows/flow-log-reader.ts';
import { FlowSums } from '../core/flows/top-flows.ts';
import { LOCAL_CREDENTIALS } from '../core/local-credentials.ts';
import type { Report } from '../core/report/report.ts';
import { batchPut } from '../core/storage/batch-write.ts';
import { makeDocumentClient } from '../core/storage/document-client.ts';
import { systemSleep } from '../core/time/clock.ts';
import type { FlowRecord } from '../core/totals/flow-record.ts';
import { startDynamoDb } from '../local/engines/dynamodb.ts';
import type { BenchRow } from './bench-row.ts';

const EDGES = 1000;
/** As many as an edge lists of an interval. */
const FLOWS = 100;
const ROUNDS = 7;
const LIMIT_MS = 500;
const TABLE = 'flows';
const NOW = Date.UTC(2026, 0, 31, 12, 30);

/** The largest flows of the last minute of 1,000 edges, from the table. */
export async function run(): Promise<BenchRow[]> {
  const dynamodb = await startDynamoDb();
  const client = makeDocumentClient({
    endpoint: dynamodb.endpoint,
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    const items = await Promise.all(Array.from({ length: EDGES }, (_, edge) => itemOf(edge)));
    await batchPut(items, { client, table: TABLE, sleep: systemSleep });
    const store: FlowLogStore = {
      client,
      table: TABLE,
      clock: () => NOW,
      deadline: Number.POSITIVE_INFINITY,
    };
    const value = await medianMs(() => topFlows(store));
    const peer_value = await medianMs(() => readFlowLogs({ ...store }, range, () => {}));
    return [
      {
        name: `topFlows of ${EDGES} edges' last minute, ${FLOWS} flows each`,
        value,
        unit: 'ms',
        peer: 'reading and unpacking alone',
        peer_value,
        ratio: value / peer_value,
        threshold: `< ${LIMIT_MS} ms`,
        ok: value < LIMIT_MS,
        note: `${Math.round(items.reduce((sum, { data }) => sum + data.length, 0) / EDGES)} bytes a report, DynamoDB Local on the same CPUs`,
      },
    ];
  } finally {
    client.destroy();
    await dynamodb.stop();
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

async function itemOf(edge: number) {
  const flows = Array.from({ length: FLOWS }, (_, index) => flowOf(edge, index));
  const sent_at_ms = NOW - 60_000 + edge * 59;
  const report = {
    edge_id: `edge-${edge}`,
    site_id: `site-${edge % 200}`,
    boot_id: `boot-${edge}`,
    seq: 42,
    part: 0,
    interval_s: 60,
    flows,
  } as Report;
  const item = await flowLogItem(report, { sent_at_ms, expires_at: NOW / 1000 + 86_400 });
  return item as typeof item & Record<string, unknown>;
}

/** Numbers that look like those of an office: they decide how well a report shrinks. */
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
