import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { LRUCache } from 'lru-cache';
import { Cache } from '../core/cache/cache.ts';
import { tableStore } from '../core/cache/shared/shared-store.ts';
import { jsonCodec } from '../core/cache/value-codec.ts';
import { turnClock } from '../core/time/turn-clock.ts';
import { createTable } from '../test/support/create-table.ts';
import { type BenchRow, NO_PEER } from './bench-row.ts';
import { median, milliseconds } from './support/measure.ts';
import { nanosecondsPerCall } from './support/nanoseconds-per-call.ts';
import { withDatabase } from './support/with-database.ts';

interface Metrics {
  latency_ms: number;
  measured_at: number;
}

const KEYS = 1000;
const keys = Array.from({ length: KEYS }, (_, index) => `path-${index}`);
const codec = jsonCodec<Metrics>({ shape: 1, parse: raw => raw as Metrics });

/**
 * Memory hits compared with lru-cache; shared hits, misses and rate-limited writes on DynamoDB
 * Local.
 */
export async function run(): Promise<BenchRow[]> {
  return withDatabase(async client => {
    const table = await makeTable(client);
    const bench = { client, table, sent: countCommands(client) };
    return [
      await memoryHit(bench),
      await sharedHit(bench),
      await oneLoad(bench),
      await missWithRead(bench),
      await rateLimit(bench),
    ];
  });
}

interface Bench {
  client: DynamoDBDocumentClient;
  table: string;
  /** Commands sent so far, by name. */
  sent: Map<string, number>;
}

function makeCache({ client, table }: Bench, more: { cache?: string } = {}) {
  const { cache = randomUUID() } = more;
  return new Cache<string, Metrics>({
    name: cache,
    ttl_seconds: 600,
    limit_ms: 10_000,
    shared: tableStore<Metrics>({ client, table, cache, codec, clock: turnClock }),
  });
}

async function memoryHit(bench: Bench): Promise<BenchRow> {
  const cache = makeCache(bench);
  const lru = new LRUCache<string, Metrics>({ max: 10_000, ttl: 600_000 });
  for (const key of keys) {
    const value = { latency_ms: 1, measured_at: 0 };
    lru.set(key, value);
    await cache.insert(key, value);
  }
  const bare = nanosecondsPerCall(
    round(key => lru.get(key)!.latency_ms),
    { calls: 300 },
  );
  // Reads the generation again, so that all hits below are hits in memory.
  await cache.get('path-0');
  const value = nanosecondsPerCall(
    round(key => (cache.get(key) as Metrics).latency_ms),
    {
      calls: 100,
      rounds: 5,
    },
  );
  const [ns, peer_value] = [value / KEYS, bare / KEYS];
  const ratio = ns / peer_value;
  return {
    name: 'cache: hit in memory',
    value: ns,
    unit: 'ns',
    peer: 'lru-cache get (with its TTL)',
    peer_value,
    ratio,
    threshold: 'ratio <= 2',
    ok: ratio <= 2,
    note: `${KEYS} keys in turn; generation, expiry and hit count included`,
  };
}

function round(use: (key: string) => number): () => number {
  return () => {
    let sum = 0;
    for (const key of keys) sum += use(key);
    return sum;
  };
}

async function sharedHit(bench: Bench): Promise<BenchRow> {
  const cache = randomUUID();
  const first = makeCache(bench, { cache });
  await first.insert('path', { latency_ms: 1, measured_at: 0 });
  await first.settle();
  const other = makeCache(bench, { cache });
  await other.get('something else');
  const before = bench.sent.get('GetItemCommand') ?? 0;
  const found = await other.get('path');
  const value = (bench.sent.get('GetItemCommand') ?? 0) - before;
  return {
    name: 'cache: hit in the shared level',
    value,
    unit: 'GetItem',
    ...NO_PEER,
    threshold: '= 1 GetItem',
    ok: value === 1 && found?.latency_ms === 1,
    note: 'the generation is read beside it, once in 0.9 s for all keys',
  };
}

async function oneLoad(bench: Bench): Promise<BenchRow> {
  const cache = makeCache(bench);
  let value = 0;
  const load = async () => {
    value++;
    return { latency_ms: 1, measured_at: 0 };
  };
  await Promise.all(Array.from({ length: 10_000 }, () => cache.getOrLoad('path', load)));
  await cache.settle();
  return {
    name: 'cache: 10,000 concurrent callers of one key',
    value,
    unit: 'load',
    ...NO_PEER,
    threshold: '= 1 load',
    ok: value === 1,
    note: '',
  };
}

async function missWithRead(bench: Bench): Promise<BenchRow> {
  const { client } = bench;
  const sources = await makeTable(client);
  const parse = (item: object | undefined) => item as Metrics | undefined;
  const Key = { pk: 'SOURCE', sk: 'path' };
  await client.send(new PutCommand({ TableName: sources, Item: { ...Key, latency_ms: 1, measured_at: 0 } }));
  const read = async () => {
    const { Item } = await client.send(new GetCommand({ TableName: sources, Key, ConsistentRead: true }));
    return parse(Item);
  };
  const cache = makeCache(bench);
  const source = { address: { table: sources, key: Key }, parse, read };
  const [bare, miss]: [number[], number[]] = [[], []];
  for (let index = -100; index < 400; index++) {
    await cache.settle();
    const first = await milliseconds(read);
    await cache.settle();
    const second = await milliseconds(async () => cache.getOrRead(`miss-${index}`, source));
    if (index < 0) continue;
    bare.push(first);
    miss.push(second);
  }
  const [value, peer_value] = [median(miss), median(bare)];
  const ratio = value / peer_value;
  return {
    name: 'cache: miss with the table read',
    value,
    unit: 'ms',
    peer: 'bare GetItem',
    peer_value,
    ratio,
    threshold: 'ratio <= 1.5',
    ok: ratio <= 1.5,
    note: 'memory and shared level miss; the shared entry and the source item are read in one request, as for path metrics',
  };
}

async function rateLimit(bench: Bench): Promise<BenchRow> {
  const cache = makeCache(bench);
  await cache.get('something else');
  const before = bench.sent.get('PutItemCommand') ?? 0;
  const inserts = 150;
  const begun = performance.now();
  for (let index = 0; index < inserts; index++) {
    await cache.insert('path', { latency_ms: index, measured_at: index });
    await new Promise(resolve => setTimeout(resolve, 1000 / 50));
  }
  const seconds = (performance.now() - begun) / 1000;
  const writes = (bench.sent.get('PutItemCommand') ?? 0) - before;
  const value = writes / seconds;
  return {
    name: 'cache: one path measured 50 times a second',
    value,
    unit: 'shared writes/s',
    ...NO_PEER,
    threshold: '<= 1 a second, and the first at once',
    ok: writes <= seconds + 1,
    note: `${writes} of ${inserts} inserts in ${seconds.toFixed(1)} s`,
  };
}

function countCommands(client: DynamoDBDocumentClient): Map<string, number> {
  const sent = new Map<string, number>();
  client.middlewareStack.add(
    (next, context) => args => {
      const name = String(context.commandName);
      sent.set(name, (sent.get(name) ?? 0) + 1);
      return next(args);
    },
    { step: 'initialize', name: 'count-commands' },
  );
  return sent;
}

async function makeTable(client: DynamoDBDocumentClient): Promise<string> {
  const table = `bench-${randomUUID()}`;
  await createTable(client, table, { expiryIndex: true });
  return table;
}
