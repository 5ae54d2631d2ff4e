import { beforeEach, describe, expect, it } from 'vitest';
import { edgeKeysKey, keyChangeKey } from '../../../core/edge-keys/edge-key-items.ts';
import { EdgeKeyMemory, KEYS_FRESH_MS, type KeyReading } from '../../../core/edge-keys/edge-key-memory.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { Item } from '../../../core/storage/item.ts';
import { keyText } from '../../../core/storage/item.ts';
import { signedRecord, type TestKey, testKey } from '../../support/edge-keys.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const FROM = new Date(T0).toISOString();

let store: FakeDynamoDb;
let calls: string[];
let now: number;
let memory: EdgeKeyMemory;
let key: TestKey;
/** The action while ingest waits. */
let onSleep: () => void;

const client = () =>
  clientWith(async command => {
    const { name } = (command as object).constructor;
    const { input } = command as { input: { TableName?: string; RequestItems?: object } };
    if (input.TableName === 'network' || 'network' in (input.RequestItems ?? {})) calls.push(name);
    return store.send(command);
  });

const reading = (): KeyReading => ({
  client: client(),
  tables: TABLES,
  clock: () => now,
  sleep: async ms => {
    now += ms;
    onSleep();
  },
  random: () => 0.5,
  deadline: now + 60_000,
  warn: () => {},
});

const put = (item: Item & { pk: string; sk: string }) => store.items.set(keyText(item), item);
const putKeys = (edge_id: string, revision: number, keys: TestKey[]) =>
  put({
    ...edgeKeysKey(edge_id),
    revision,
    keys: keys.map(({ kid, x }) => ({ kid, x, from: FROM, until: null })),
  });
const putChange = (number: number, edge_id: string, revision: number) =>
  put({ ...keyChangeKey(number), edge_id, revision });

const kidsOf = async (edge_id: string, options?: { now?: boolean }) => {
  const { keys } = await memory.keysOf(new Set([edge_id]), reading(), options);
  return [...keys.get(edge_id)!.by_kid.keys()];
};

beforeEach(async () => {
  store = new FakeDynamoDb();
  calls = [];
  now = T0;
  memory = new EdgeKeyMemory();
  key = await testKey('a');
  onSleep = () => {};
});

describe('the memory of edge keys', () => {
  it('reads all edges once, then only changes, at most once a second', async () => {
    putKeys('edge-0', 1, [key]);
    putChange(1, 'edge-0', 1);
    const edges = new Set(Array.from({ length: 100 }, (_, number) => `edge-${number}`));
    await memory.keysOf(edges, reading());
    expect(calls).toEqual(['QueryCommand', 'BatchGetCommand']);
    for (let ms = 0; ms < 10 * KEYS_FRESH_MS; ms += 10) {
      now = T0 + ms;
      await memory.keysOf(edges, reading());
    }
    expect(calls.slice(2)).toEqual(Array.from({ length: 9 }, () => 'QueryCommand'));
  });

  it('reads an edge again after its change, and no other edge', async () => {
    await memory.keysOf(new Set(['edge-0', 'edge-1']), reading());
    putKeys('edge-0', 1, [key]);
    putChange(1, 'edge-0', 1);
    expect(await kidsOf('edge-0')).toEqual([]);
    now += KEYS_FRESH_MS;
    calls = [];
    expect(await kidsOf('edge-1')).toEqual([]);
    expect(calls).toEqual(['QueryCommand']);
    expect(await kidsOf('edge-0')).toEqual([key.kid]);
    expect(calls).toEqual(['QueryCommand', 'BatchGetCommand']);
  });

  it('waits for the keys of a change that is only partly visible', async () => {
    await kidsOf('edge-0');
    putChange(1, 'edge-0', 1);
    onSleep = () => putKeys('edge-0', 1, [key]);
    expect(await kidsOf('edge-0', { now: true })).toEqual([key.kid]);
  });

  it('fails at the deadline if a change does not become visible', async () => {
    await kidsOf('edge-0');
    putChange(1, 'edge-0', 1);
    await expect(kidsOf('edge-0', { now: true })).rejects.toMatchObject({ name: 'Throttled' });
  });
});

describe('a flood of unknown keys', () => {
  it('causes at most one small query a batch, and none in addition to a due one', async () => {
    const context = { ...ingestContext({ client: client(), tables: TABLES }), edge_keys: memory };
    const flood = Array.from({ length: 500 }, (_, number) =>
      signedRecord(reportRecord({ edge_id: 'edge-0', seq: number }, { sequence: number }), key),
    );
    expect(await ingest(flood, context)).toEqual([]);
    expect(calls).toEqual(['QueryCommand', 'BatchGetCommand']);
    calls = [];
    const more = flood.map(record => ({ ...record, sequence_number: `9${record.sequence_number}` }));
    expect(await ingest(more, context)).toEqual([]);
    expect(calls).toEqual(['QueryCommand']);
    expect(context.tally).toMatchObject({ ReportsQuarantined: 1000, ReportsNotAuthentic: 1000 });
  });
});
