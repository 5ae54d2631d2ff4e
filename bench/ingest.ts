import { gunzipSync } from 'node:zlib';
import type { BatchGetCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { EdgeKeyMemory } from '../core/edge-keys/edge-key-memory.ts';
import { ingest } from '../core/ingest/ingest.ts';
import type { IngestContext } from '../core/ingest/ingest-context.ts';
import { IngestTally } from '../core/ingest/ingest-tally.ts';
import { LaneMemory } from '../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../core/ingest/quarantine-memory.ts';
import type { StreamRecord } from '../core/ingest/stream-record.ts';
import type { Item } from '../core/storage/item.ts';
import { systemClock, systemSleep } from '../core/time/clock.ts';
import { FakeDynamoDb } from '../test/support/fake-dynamodb.ts';
import { transactionWriteUnits } from '../test/support/item-bytes.ts';
import type { BenchRow } from './bench-row.ts';
import { COSTLY_EDGE, costlyRecords } from './costly-records.ts';
import { EDGES, edgeReports, POLICIES, policiesReport } from './ingest-reports.ts';
import { signingEdges } from './signing-edges.ts';
import { cpuMilliseconds, median } from './support/measure.ts';

/** Batches of each kind; they alternate, so that a busy machine slows both equally. */
const ROUNDS = 120;
/**
 * The last functions are compiled after about 180 batches, a few seconds of a container's hours;
 * the compiler's threads also use CPU time.
 */
const WARM_UP = 200;
const MAX_CPU_RATIO = 3;
/**
 * Verifying costs as much as two or three reports of 20 policies; a flood of forged reports must
 * not cost more.
 */
const MAX_SIGNED_RATIO = 5;
const MAX_WRITE_UNITS = 3;
const RECORD_ROUNDS = 21;
const RECORD_WARM_UP = 5;
const MAX_RECORD_RATIO = 5;

/**
 * The cost of a report: CPU compared with only reading its JSON, write units compared with one
 * transaction for each report.
 */
export async function run(): Promise<BenchRow[]> {
  return [await cpu(), await signedCpu(), await writeUnits(), await oldPolicies(), await worstRecord()];
}

/**
 * CPU time of ingest itself: decoding, folding, packing, and the transactions up to the SDK. The
 * SDK, TLS and the network are used twice for a hundred reports, and are the same for every way to
 * write.
 */
async function cpu(): Promise<BenchRow> {
  const context = contextWith(discarding());
  const ours: number[] = [];
  const floor: number[] = [];
  for (let minute = 1; minute <= WARM_UP + ROUNDS; minute++) {
    const records = edgeReports(minute);
    floor.push(await cpuMilliseconds(async () => parseAll(records)));
    ours.push(await cpuMilliseconds(() => ingestAll(records, context)));
  }
  const value = microsecondsPerReport(ours);
  const peer_value = microsecondsPerReport(floor);
  const ratio = value / peer_value;
  return {
    name: `ingest: CPU a report of ${POLICIES} policies`,
    value,
    unit: 'µs',
    peer: 'gunzip and JSON.parse alone',
    peer_value,
    ratio,
    threshold: `ratio <= ${MAX_CPU_RATIO}`,
    ok: ratio <= MAX_CPU_RATIO,
    note: 'decode, fold, pack, build the transactions; without the SDK',
  };
}

/**
 * CPU time of ingest for signed reports compared with the same reports unsigned, alternating. Most
 * of it is verification.
 */
async function signedCpu(): Promise<BenchRow> {
  const edges = signingEdges();
  const signedContext = contextWith(knowingKeys(edges.items));
  const context = contextWith(discarding());
  const ours: number[] = [];
  const floor: number[] = [];
  for (let minute = 1; minute <= WARM_UP + ROUNDS; minute++) {
    const records = edgeReports(minute);
    const signed = records.map(edges.sign);
    floor.push(await cpuMilliseconds(() => ingestAll(records, context)));
    ours.push(await cpuMilliseconds(() => ingestAll(signed, signedContext)));
  }
  const value = microsecondsPerReport(ours);
  const peer_value = microsecondsPerReport(floor);
  const ratio = value / peer_value;
  return {
    name: `ingest: CPU a signed report of ${POLICIES} policies`,
    value,
    unit: 'µs',
    peer: 'the same report unsigned',
    peer_value,
    ratio,
    threshold: `ratio <= ${MAX_SIGNED_RATIO}`,
    ok: ratio <= MAX_SIGNED_RATIO,
    note: 'JWS with Ed25519: take apart, verify, and ingest as above',
  };
}

/** The median of rounds after the warm-up; rounds in milliseconds. */
function microsecondsPerReport(rounds: readonly number[]): number {
  return (median(rounds.slice(WARM_UP)) * 1000) / EDGES;
}

/**
 * CPU time of the most expensive of the costly records, compared with an ordinary one of the
 * largest size. They alternate, so that a busy machine slows all equally.
 */
async function worstRecord(): Promise<BenchRow> {
  const records = costlyRecords();
  const times = records.map((): number[] => []);
  for (let round = 0; round < RECORD_WARM_UP + RECORD_ROUNDS; round++) {
    for (const [index, { data }] of records.entries()) {
      const context = { ...contextWith(discarding()), deadline: systemClock() + 60_000 };
      const record = { ...edgeReports(1)[0]!, data, partition_key: COSTLY_EDGE };
      times[index]!.push(await cpuMilliseconds(() => ingestAll([record], context)));
    }
  }
  const [ordinary, ...others] = times.map(list => median(list.slice(RECORD_WARM_UP)));
  const value = Math.max(...others);
  const peer_value = ordinary!;
  const ratio = value / peer_value;
  return {
    name: 'ingest: CPU of the costliest record',
    value,
    unit: 'ms',
    peer: `an ordinary record of ${records[0]!.name}`,
    peer_value,
    ratio,
    threshold: `ratio <= ${MAX_RECORD_RATIO}`,
    ok: ratio <= MAX_RECORD_RATIO,
    note: `of ${others.length} made to cost much: ${records[1 + others.indexOf(value)]!.name}`,
  };
}

/**
 * Write units by DynamoDB's published rule, on the real items: one for each started KB of an item,
 * twice that in a transaction.
 */
async function writeUnits(): Promise<BenchRow> {
  const value = await unitsPerReport(async (records, context) => void (await ingest(records, context)));
  const peer_value = await unitsPerReport(async (records, context) => {
    for (const record of records) await ingest([record], context);
  });
  return {
    name: `ingest: write units a report, ${EDGES} edges × ${POLICIES} policies`,
    value,
    unit: 'WRU',
    peer: 'one transaction a report',
    peer_value,
    ratio: value / peer_value,
    threshold: `<= ${MAX_WRITE_UNITS} WRU`,
    ok: value <= MAX_WRITE_UNITS,
    note: 'published rule: KB begun × 2',
  };
}

async function unitsPerReport(
  write: (records: StreamRecord[], context: IngestContext) => Promise<void>,
): Promise<number> {
  const store = new FakeDynamoDb();
  const context = contextWith(store.client);
  await write(edgeReports(1), context);
  store.transactionItemBytes.length = 0;
  await write(edgeReports(2), context);
  return store.transactionItemBytes.reduce((sum, bytes) => sum + transactionWriteUnits(bytes), 0) / EDGES;
}

/**
 * Write units of an edge that has had 1,000 policies, 20 of them in use, compared with one that has
 * had 20.
 */
async function oldPolicies(): Promise<BenchRow> {
  const value = await unitsAfter(OLD_POLICIES);
  const peer_value = await unitsAfter(0);
  const ratio = value / peer_value;
  return {
    name: `ingest: write units a report, ${OLD_POLICIES} old policies and ${POLICIES} live ones`,
    value,
    unit: 'WRU',
    peer: `${POLICIES} live ones`,
    peer_value,
    ratio,
    threshold: `ratio <= ${MAX_OLD_RATIO}`,
    ok: ratio <= MAX_OLD_RATIO,
    note: 'one edge, the reports of a day after the old ones left; moving them included',
  };
}

const OLD_POLICIES = 1000;
const MAX_OLD_RATIO = 1.2;
const REPORTS = 1440;

async function unitsAfter(old: number): Promise<number> {
  const store = new FakeDynamoDb();
  const context = contextWith(store.client);
  let seq = 0;
  const report = (minute: number, policies: readonly string[]) =>
    ingestAll([policiesReport({ minute, seq: ++seq, policies })], context);
  for (let from = 0; from < old; from += POLICIES) {
    await report(
      0,
      Array.from({ length: POLICIES }, (_, index) => `old-${from + index}`),
    );
  }
  const live = Array.from({ length: POLICIES }, (_, index) => `live-${index}`);
  await report(0, live);
  store.transactionItemBytes.length = 0;
  for (let minute = REPORTS + 1; minute <= 2 * REPORTS; minute++) await report(minute, live);
  return store.transactionItemBytes.reduce((sum, bytes) => sum + transactionWriteUnits(bytes), 0) / REPORTS;
}

async function ingestAll(records: StreamRecord[], context: IngestContext): Promise<void> {
  const open = await ingest(records, context);
  if (open.length > 0) throw new Error(`${open.length} reports were not applied`);
}

let parsed: unknown;

function parseAll(records: StreamRecord[]): void {
  for (const { data } of records) parsed = JSON.parse(gunzipSync(data).toString());
  if (parsed === undefined) throw new Error('nothing was parsed');
}

/** Accepts every transaction; lanes are in ingest's memory. */
function discarding(): DynamoDBDocumentClient {
  const send = async (command: TransactWriteCommand) =>
    'RequestItems' in command.input ? { Responses: {} } : {};
  return { send } as unknown as DynamoDBDocumentClient;
}

/** The same, with the keys of edges in the Network table. */
function knowingKeys(items: readonly Item[]): DynamoDBDocumentClient {
  const send = async (command: TransactWriteCommand | BatchGetCommand) => {
    if (!('RequestItems' in command.input)) return {};
    const [table] = Object.keys(command.input.RequestItems ?? {});
    return { Responses: table === 'network' ? { network: items } : {} };
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

function contextWith(client: DynamoDBDocumentClient): IngestContext {
  return {
    client,
    tables: { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' },
    slots: 16,
    edge_keys: new EdgeKeyMemory(),
    memory: new LaneMemory(),
    quarantined: new QuarantineMemory(),
    tally: new IngestTally(),
    flow_log_ttl_hours: undefined,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: Number.POSITIVE_INFINITY,
    warn: () => {},
  };
}
