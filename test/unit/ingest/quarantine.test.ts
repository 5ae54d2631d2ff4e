import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import { partitionsOfPlace, quarantinePlace } from '../../../core/ingest/quarantine.ts';
import { QuarantineMemory } from '../../../core/ingest/quarantine-memory.ts';
import { listQuarantine, markReplayed, readQuarantined } from '../../../core/ingest/read-quarantine.ts';
import type { Item } from '../../../core/storage/item.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { faultyClient } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { rawRecord } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const garbage = (sequence: number) =>
  rawRecord(Buffer.from(`garbage ${sequence}`), { sequence, arrived_ms: sequence * 10, shard: sequence % 3 });

let store: FakeDynamoDb;
let context: IngestContext;
beforeEach(() => {
  store = new FakeDynamoDb();
  context = ingestContext({ client: store.client, tables: TABLES });
});

const puts = () => {
  let count = 0;
  const client = clientWith(command => {
    if (command instanceof PutCommand) count++;
    return store.send(command);
  });
  return { client, count: () => count };
};

describe('the quarantine', () => {
  it('is spread over its partitions', async () => {
    await ingest(
      Array.from({ length: 1000 }, (_, i) => garbage(i)),
      context,
    );
    const sizes = Map.groupBy(quarantinedItems(store), ({ pk }) => pk);
    expect(sizes.size).toBe(32);
    expect(Math.max(...[...sizes.values()].map(({ length }) => length))).toBeLessThan(100);
  });

  it('stores and counts a record once, however often and to whichever function its batch is delivered', async () => {
    const records = [garbage(1), garbage(2)];
    await ingest(records, context);
    const before = store.dump();
    const other = ingestContext({ client: store.client, tables: TABLES });
    for (const again of [context, other, { ...context, quarantined: new QuarantineMemory() }]) {
      expect(await ingest(records, again)).toEqual([]);
    }
    expect(store.dump()).toEqual(before);
    expect(context.tally.ReportsQuarantined).toBe(2);
    expect(other.tally.ReportsQuarantined).toBe(0);
  });

  it('makes no call for a record that this function has stored', async () => {
    const { client, count } = puts();
    for (let time = 0; time < 3; time++) await ingest([garbage(1), garbage(2)], { ...context, client });
    expect(count()).toBe(2);
  });

  it.each([
    'time-out, landed',
    'time-out, did not land',
    'connection reset, landed',
    'internal error',
  ] as const)('stores and counts a record once if the response is lost: %s', async fault => {
    const { client } = faultyClient(store.client, call => (call === 1 ? fault : undefined));
    expect(await ingest([garbage(1)], { ...context, client })).toEqual([]);
    expect(quarantinedItems(store)).toHaveLength(1);
    expect(context.tally.ReportsQuarantined).toBe(1);
  });

  it('does not count a record that an earlier delivery stored, also if a response is lost', async () => {
    await ingest([garbage(1)], ingestContext({ client: store.client, tables: TABLES }));
    const { client } = faultyClient(store.client, call =>
      call === 0 ? 'time-out, did not land' : undefined,
    );
    expect(await ingest([garbage(1)], { ...context, client })).toEqual([]);
    expect(context.tally.ReportsQuarantined).toBe(0);
  });

  it('stores and counts a record once if it went into its other partition and another function receives it again', async () => {
    const throttled = clientWith(async command => {
      const [own] = partitionsOfPlace(quarantinePlace(garbage(1)));
      if (command instanceof PutCommand && command.input.Item?.pk === own) {
        throw Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
      }
      return store.send(command);
    });
    expect(await ingest([garbage(1)], { ...context, client: throttled })).toEqual([]);
    const other = ingestContext({ client: store.client, tables: TABLES });
    expect(await ingest([garbage(1)], other)).toEqual([]);
    expect(quarantinedItems(store)).toHaveLength(1);
    expect([context.tally.ReportsQuarantined, other.tally.ReportsQuarantined]).toEqual([1, 0]);
  });

  it('stores a record once if its write landed unnoticed and its partition is throttled at the next delivery', async () => {
    const first = faultyClient(store.client, call => (call === 1 ? 'time-out, landed' : undefined));
    const short = { ...context, client: first.client, deadline: context.clock() + 1 };
    expect(await ingest([garbage(1)], short)).toHaveLength(1);
    const second = faultyClient(store.client, call => (call === 1 ? 'throttled' : undefined));
    const other = ingestContext({ client: second.client, tables: TABLES });
    expect(await ingest([garbage(1)], other)).toEqual([]);
    expect(quarantinedItems(store)).toHaveLength(1);
  });

  it('stores at least one record of a batch, even without time', async () => {
    let now = context.clock();
    const slow = clientWith(command => {
      now += 5_000;
      return store.send(command);
    });
    const records = Array.from({ length: 20 }, (_, i) => garbage(i));
    const left = await ingest(records, { ...context, client: slow, clock: () => now });
    expect(left).toEqual(records.slice(1));
    expect(quarantinedItems(store)).toHaveLength(1);
  });

  it('retries in the partition in which a write may have landed', async () => {
    const faults = [undefined, 'time-out, lands later', 'throttled'] as const;
    const faulty = faultyClient(store.client, call => faults[call]);
    expect(await ingest([garbage(1)], { ...context, client: faulty.client })).toEqual([]);
    await faulty.landAll();
    expect(quarantinedItems(store)).toHaveLength(1);
  });
});

describe('readers of the quarantine', () => {
  const list = async () => {
    const places: string[] = [];
    for await (const { sk } of listQuarantine(store.client, TABLES)) places.push(sk);
    return places;
  };
  const put = (item: Item) => store.items.set(`${item.pk}\u0000${item.sk}`, item);

  it('list old and new places in order of time', async () => {
    const records = Array.from({ length: 100 }, (_, i) => garbage(i));
    await ingest(records, context);
    for (const item of quarantinedItems(store).filter((_, index) => index % 3 === 0)) {
      store.items.delete(`${item.pk}\u0000${item.sk}`);
      put({ ...item, pk: 'QUARANTINE' });
    }
    expect(await list()).toEqual(records.map(quarantinePlace));
  });

  it('list a record once if it is in two partitions, as replayed if one of them is', async () => {
    await ingest([garbage(1)], context);
    const [item] = quarantinedItems(store);
    put({ ...item, pk: 'QUARANTINE', replayed_at: '2026-02-01T00:00:00.000Z' });
    const entries = [];
    for await (const entry of listQuarantine(store.client, TABLES)) entries.push(entry);
    expect(entries).toMatchObject([{ sk: item!.sk, replayed_at: '2026-02-01T00:00:00.000Z' }]);
  });

  it.each([
    ['in its own partition', (pk: unknown) => String(pk)],
    ['in the old one', () => 'QUARANTINE'],
    ['in its other one', () => partitionsOfPlace(quarantinePlace(garbage(1)))[1]],
  ])('find a record %s, and mark it as replayed there', async (_, partition) => {
    await ingest([garbage(1)], context);
    const [item] = quarantinedItems(store);
    store.items.clear();
    put({ ...item, pk: partition(item!.pk) });
    const found = await readQuarantined(store.client, TABLES, quarantinePlace(garbage(1)));
    expect(found).toMatchObject({ pk: partition(item!.pk), reason: 'not_json' });
    await markReplayed(store.client, TABLES, { pk: found!.pk, sk: found!.sk, at: 'now' });
    expect(quarantinedItems(store)).toMatchObject([{ pk: partition(item!.pk), replayed_at: 'now' }]);
  });
});
