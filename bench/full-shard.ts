import { gunzipSync } from 'node:zlib';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EdgeKeyMemory } from '../core/edge-keys/edge-key-memory.ts';
import { ingest } from '../core/ingest/ingest.ts';
import type { IngestContext } from '../core/ingest/ingest-context.ts';
import { IngestTally } from '../core/ingest/ingest-tally.ts';
import { LaneMemory } from '../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../core/ingest/quarantine-memory.ts';
import type { StreamRecord } from '../core/ingest/stream-record.ts';
import { LOCAL_CREDENTIALS } from '../core/local-credentials.ts';
import { makeDocumentClient } from '../core/storage/document-client.ts';
import { systemClock, systemSleep } from '../core/time/clock.ts';
import { systemSchedule } from '../core/time/schedule.ts';
import { noFlows } from '../test/support/no-flows.ts';
import type { BenchRow } from './bench-row.ts';
import { cpuMilliseconds, median } from './support/measure.ts';
import { reportOf } from './usage/fleet.ts';

/** The capacity of a shard a second. */
const SHARD_BYTES = 1_000_000;
const SHARD_RECORDS = 1000;
/** The CPU share of a function with 1 GB (1,769 MB have one CPU). */
const CPU_OF_1_GB = 1024 / 1769;
/** A quarter of the time is reserve. */
const MAX_SHARE = 0.75;
const ROUNDS = 15;
const WARM_UP = 6;
const POLICIES = ['default', ...Array.from({ length: 19 }, (_, index) => String(index + 1))];
const START = Date.UTC(2026, 0, 31, 12);

/** One function of 1 GB can count the records of a full shard, with and without flows. */
export async function run(): Promise<BenchRow[]> {
  return [await fullShard({ flows: 0, max_ratio: 10 }), await fullShard({ flows: 100, max_ratio: 8 })];
}

/**
 * CPU time for a second of the shard: everything except the network, including the SDK's signatures
 * and the flow log's objects.
 */
async function fullShard({ flows, max_ratio }: { flows: number; max_ratio: number }): Promise<BenchRow> {
  const context = contextWith(answering(), flows > 0);
  const ours: number[] = [];
  const floor: number[] = [];
  let count = 0;
  for (let round = 1; round <= WARM_UP + ROUNDS; round++) {
    const records = secondOfShard({ flows, seq: round });
    count = records.length;
    floor.push(await cpuMilliseconds(async () => parseAll(records)));
    ours.push(
      await cpuMilliseconds(async () => {
        const open = await ingest(records, context);
        if (open.length > 0) throw new Error(`${open.length} reports were not applied`);
      }),
    );
  }
  const value = median(ours.slice(WARM_UP));
  const peer_value = median(floor.slice(WARM_UP));
  const ratio = value / peer_value;
  const share = value / 1000 / CPU_OF_1_GB;
  return {
    name: `ingest: CPU a second of a full shard, ${flows === 0 ? 'no flows' : `${flows} flows a report`}`,
    value,
    unit: 'ms',
    peer: 'gunzip and JSON.parse of the same records',
    peer_value,
    ratio,
    threshold: `ratio <= ${max_ratio}`,
    ok: ratio <= max_ratio,
    note: `${count} reports; ${Math.round(share * 100)} % of the time of a function of 1 GB, which should be at most ${MAX_SHARE * 100} %`,
  };
}

/** As many reports as a shard accepts in a second, each of another edge. */
function secondOfShard({ flows, seq }: { flows: number; seq: number }): StreamRecord[] {
  const records: StreamRecord[] = [];
  for (let index = 0, bytes = 0; index < SHARD_RECORDS; index++) {
    const edge = { edge_id: `edge-${index}`, site_id: siteOf(index), path_ids: [] };
    const shape = { edges: 1, policies: POLICIES.length, paths: 0, flows, interval_s: 60, window_s: 1 };
    const sent_ms = START + seq * 60_000;
    const { data } = reportOf(edge, { index, seq, sent_ms, shape, policies: POLICIES });
    bytes += data.length;
    if (bytes > SHARD_BYTES) break;
    records.push({
      data,
      partition_key: edge.edge_id,
      sequence_number: String(seq * SHARD_RECORDS + index),
      shard_id: 'shardId-000000000000',
      arrived_at_ms: sent_ms,
    });
  }
  return records;
}

function siteOf(index: number): string {
  return `550e8400-e29b-41d4-a716-4466554${String(index).padStart(5, '0')}`;
}

let parsed: unknown;

function parseAll(records: readonly StreamRecord[]): void {
  for (const { data } of records) parsed = JSON.parse(gunzipSync(data).toString());
  if (parsed === undefined) throw new Error('nothing was parsed');
}

/** The real client, whose requests are answered before they reach a network. Nothing is stored. */
function answering(): DynamoDBDocumentClient {
  return makeDocumentClient({
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: Buffer.from('{"Responses":{},"UnprocessedKeys":{},"Items":[]}'),
        },
      }),
    },
  });
}

function contextWith(client: DynamoDBDocumentClient, logged: boolean): IngestContext {
  return {
    client,
    tables: { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' },
    slots: 16,
    edge_keys: new EdgeKeyMemory(),
    memory: new LaneMemory(),
    quarantined: new QuarantineMemory(),
    tally: new IngestTally(),
    flow_log_ttl_hours: logged ? 24 : undefined,
    ...(logged && { flow_log: { objects: noFlows, schedule: systemSchedule } }),
    clock: () => START + 120 * 60_000,
    sleep: systemSleep,
    random: Math.random,
    deadline: systemClock() + 3_600_000,
    warn: (message, details) => {
      throw new Error(message, { cause: details });
    },
  };
}
