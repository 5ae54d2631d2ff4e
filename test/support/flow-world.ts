import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { type ArrivedReport, batchObjects } from '../../core/flows/batch-objects.ts';
import { eraseFlows } from '../../core/flows/flow-erasures.ts';
import { flowMatcher, hostsOf } from '../../core/flows/flow-filter.ts';
import type { FlowLogResult, FlowLogRun } from '../../core/flows/flow-log-run.ts';
import { readFlowLogState } from '../../core/flows/flow-log-state.ts';
import type { FlowLogStore, LoggedFlow } from '../../core/flows/flow-log-store.ts';
import type { FlowObjects } from '../../core/flows/flow-objects.ts';
import { FlowGroups } from '../../core/flows/flow-stats.ts';
import type { HourSlice, SliceRuns } from '../../core/flows/hour-slices.ts';
import { parseObjectKey } from '../../core/flows/object-key.ts';
import { pageFlows } from '../../core/flows/page-flows.ts';
import { readFlowLogs } from '../../core/flows/read-flow-logs.ts';
import { runFlowLog } from '../../core/flows/run-flow-log.ts';
import { runSlice, type SliceResult } from '../../core/flows/run-slice.ts';
import { FlowSums } from '../../core/flows/top-flows.ts';
import { parseCidr } from '../../core/policy/ip-address.ts';
import { documentedQueries, duckdb } from './duckdb-flows.ts';
import { type FlowBucket, makeFlowBucket } from './flow-bucket.ts';
import { makeFlow } from './flow-records.ts';
import { makeReport, T0 } from './report-records.ts';
import { asFunction } from './rights/as-function.ts';
import { createTables, type TestTables } from './tables.ts';

export const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A host at one end of some flows. */
export const HOST = '10.9.9.9';

/** All arrivals are within it. */
const RANGE = { from: T0 - 30 * HOUR, to: T0 + 3 * HOUR };

/**
 * Reports of three edges over two hours, in the order of their arrivals; the first begins at T0.
 */
export function arrivedReports({ minutes = 6, flows = 3 } = {}): ArrivedReport[] {
  return Array.from({ length: minutes * 3 }, (_, index) => {
    const edge = index % 3;
    const seq = 1 + Math.floor(index / 3);
    const arrived_at_ms = T0 + HOUR - 3 * MINUTE + seq * MINUTE + edge * 700;
    const report = makeReport({
      edge_id: `edge-${edge}`,
      site_id: `site-${edge % 2}`,
      boot_id: `boot-${edge}`,
      seq,
      sent_ms: arrived_at_ms - T0 - 250,
      flows: Array.from({ length: flows }, (_, n) =>
        makeFlow({
          src: n === 0 && edge === 1 ? HOST : `10.0.${edge}.${n}`,
          dst: n === 1 && edge === 2 ? HOST : '192.0.2.9',
          src_port: 1000 + seq,
          bytes: 2n ** BigInt(30 + seq) + BigInt(index * flows + n),
        }),
      ),
    });
    return { report, sent_at_ms: arrived_at_ms - 250, arrived_at_ms };
  });
}

/** One line for each flow, sorted: the same for every reader. */
export function expectedFlows(
  reports: readonly ArrivedReport[],
  { without }: { without?: string } = {},
): string[] {
  return reports
    .flatMap(({ report }) => report.flows.map(flow => ({ ...flow, edge_id: report.edge_id })))
    .filter(({ src, dst }) => src !== without && dst !== without)
    .map(textOf)
    .sort();
}

function textOf({
  edge_id,
  src,
  src_port,
  dst,
  bytes,
}: Pick<LoggedFlow, 'edge_id' | 'src' | 'src_port' | 'dst' | 'bytes'>) {
  return `${edge_id} ${src}:${src_port} ${dst} ${bytes}`;
}

/** For logs that are small. */
const NO_SLICES: SliceRuns = {
  begin: async slice => {
    throw new Error(`Nothing runs slice ${slice.slice} of ${slice.hour}.`);
  },
};

export interface FlowWorld extends TestTables {
  bucket: FlowBucket;
  /** The clock of all readers; moves only when a test moves it. */
  now: number;
  ttl_hours: number;
  store(): FlowLogStore;
  /** Writes reports in batches of these sizes, repeatedly. */
  write(reports: readonly ArrivedReport[], sizes: readonly number[], shard?: number): Promise<void>;
  /** A run of the job. */
  run(given?: Partial<FlowLogRun>): Promise<FlowLogResult>;
  /** A run on a slice of a large hour. */
  runSlice(slice: HourSlice, given?: Partial<FlowLogRun>): Promise<SliceResult>;
  /** The result of each reader: a sorted list of flows; all readers when none is named. */
  readings(readers?: readonly Reader[]): Promise<Partial<Record<Reader, string[]>>>;
  close(): Promise<void>;
}

export async function makeFlowWorld(): Promise<FlowWorld> {
  const tables = await createTables();
  const bucket = await makeFlowBucket();
  let runs = 0;
  const world: FlowWorld = {
    ...tables,
    bucket,
    now: T0 + 2 * HOUR + 10 * MINUTE,
    ttl_hours: 24,
    store: () => ({
      objects: bucket.objects,
      client: tables.client,
      table: tables.tables.traffic,
      clock: () => world.now,
      deadline: Number.POSITIVE_INFINITY,
      ttl_hours: world.ttl_hours,
    }),
    async write(reports, sizes, shard = 0) {
      for (let at = 0, batch = 0; at < reports.length; batch++) {
        const size = sizes[batch % sizes.length]!;
        for await (const { key, body } of batchObjects(reports.slice(at, at + size), { shard })) {
          await bucket.objects.put(key, body);
        }
        at += size;
      }
    },
    run: given => asFunction('flowlog', () => runFlowLog({ ...nextRun(), ...given })),
    runSlice: (slice, given) => runSlice({ ...nextRun(), ...given }, slice),
    async readings(readers = ALL_READERS) {
      const told = readers.map(async reader => [reader, await READERS[reader](world)] as const);
      return Object.fromEntries(await Promise.all(told));
    },
    async close() {
      await bucket.close();
      await tables.drop();
    },
  };

  function nextRun(): FlowLogRun {
    const { objects, client, table, clock, ttl_hours } = world.store();
    runs += 1;
    return {
      ...{ objects, client, table, clock, ttl_hours },
      work_until: world.now + HOUR,
      lease_until_ms: world.now + 1000,
      owner: `run-${runs}`,
      slices: NO_SLICES,
    };
  }

  return world;
}

const READERS = {
  read: readAll,
  'pages of 7': ({ store }: FlowWorld) => pages(store(), 7),
  'pages of 1000': ({ store }: FlowWorld) => pages(store(), 1000),
  duckdb: ({ bucket }: FlowWorld) => inDuckDb(bucket.project_folder),
};

export type Reader = keyof typeof READERS;

const ALL_READERS = Object.keys(READERS) as Reader[];

/** The source of topFlows and flowStats, which must agree with it. */
async function readAll({ store }: FlowWorld): Promise<string[]> {
  const sums = new FlowSums(flowMatcher({}));
  const groups = new FlowGroups(['SOURCE_PREFIX'], flowMatcher({}));
  const read: string[] = [];
  await asFunction('api', () =>
    readFlowLogs(store(), RANGE, report => {
      sums.add(report);
      groups.add(report);
      read.push(...report.flows.map(flow => textOf({ ...flow, edge_id: report.edge_id })));
    }),
  );
  const { flows, total } = sums.largest(1_000_000);
  const listed = flows.reduce((sum, { bytes }) => sum + bytes, 0n);
  const grouped = groups.splitTotal({ packets: 0n, bytes: 0n }, { order_by: 'BYTES', limit: 1_000_000 });
  const bySource = grouped.rows.reduce((sum, { bytes }) => sum + bytes, 0n);
  if (listed !== total.bytes || bySource !== total.bytes) throw new Error('topFlows or flowStats disagree');
  return read.sort();
}

/** All flows with one of these hosts at an end, page by page; all when none is named. */
export async function pages(store: FlowLogStore, limit: number, ...hosts: string[]): Promise<string[]> {
  const filter = hosts.length === 0 ? {} : { addresses: hosts.map(host => parseCidr(host)!) };
  const told: LoggedFlow[] = [];
  let start: { sk: string; index: number } | undefined;
  do {
    const page = await asFunction('api', () =>
      pageFlows(store, {
        ...RANGE,
        matches: flowMatcher(filter),
        hosts: hostsOf(filter),
        limit,
        start,
      }),
    );
    told.push(...page.flows);
    start = page.next;
  } while (start);
  return told.map(textOf).sort();
}

async function inDuckDb(project_folder: string): Promise<string[]> {
  const select =
    "SELECT edge_id || ' ' || src || ':' || src_port || ' ' || dst || ' ' || bytes AS flow FROM flows";
  const rows = await duckdb(project_folder, [documentedQueries()[0]!, select]);
  return rows.map(({ flow }) => String(flow)).sort();
}

/** The objects of a world with a fault: the process is killed before the call lands or after it. */
export function killedAt(objects: FlowObjects, at: number, lands: boolean): FlowObjects & { calls: number } {
  let dead = false;
  const killing = { calls: 0 } as FlowObjects & { calls: number };
  for (const name of ['list', 'get', 'put', 'delete'] as const) {
    killing[name] = async (...args: unknown[]) => {
      if (dead) throw new Error('killed');
      dead = killing.calls++ === at;
      if (dead && !lands) throw new Error('killed');
      // biome-ignore lint/suspicious/noExplicitAny: one wrapper for all four
      const answer = await (objects[name] as any)(...args);
      if (dead) throw new Error('killed');
      return answer as never;
    };
  }
  return killing;
}

/** Each merged object has an index, and no index is without its object. */
export async function expectTidy({ bucket }: FlowWorld): Promise<void> {
  const keys = await bucket.keys('flows/');
  const indexed = keys.filter(key => parseObjectKey(key)!.generation > 0);
  expect(await bucket.keys('flow-index/')).toEqual(
    indexed.map(key => `flow-index/${key.slice('flows/'.length)}.index`),
  );
}

/** Has {@link HOST} erased by an administrator. */
export async function eraseHost(world: FlowWorld): Promise<void> {
  const { client, tables } = world;
  const timing = { clock: () => world.now, sleep: async () => {}, random: () => 0.5 };
  const actor = { kind: 'PERSON', id: 'sub', name: 'a', email: null, groups: ['admin'] } as never;
  await eraseFlows({ client, tables, ...timing, deadline: world.now + 60_000 }, { actor, address: HOST });
}

export async function erasureStates({ client, tables }: FlowWorld): Promise<string[]> {
  const { erasures } = await readFlowLogState({ client, table: tables.traffic });
  return erasures.map(({ status }) => status);
}

/** Whether any object still has {@link HOST} in it. */
export async function isHostStored({ bucket }: FlowWorld): Promise<boolean> {
  for (const key of await bucket.keys('flows/')) {
    if (gunzipSync((await bucket.objects.get(key))!).includes(HOST)) return true;
  }
  return false;
}
