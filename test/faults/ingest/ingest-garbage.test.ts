import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import { quarantinePartitions } from '../../../core/ingest/quarantine.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { rawRecord, reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const EDGES = 100;
const MINUTES = 20;
const BATCH = 200;
const GOOD_PACKETS = BigInt((EDGES / 2) * MINUTES);

/** A report a minute of every edge; every second edge sends garbage, or nothing. */
function stream(garbage: boolean): StreamRecord[] {
  return Array.from({ length: EDGES * MINUTES }, (_, sequence) => {
    const edge_id = `edge-${sequence % EDGES}`;
    const seq = 1 + Math.floor(sequence / EDGES);
    const place = { sequence, arrived_ms: sequence, partition_key: edge_id };
    if (sequence % 2 === 0) {
      return reportRecord({ edge_id, seq, policies: [{ policy_id: '7', packets: BigInt(seq) }] }, place);
    }
    return rawRecord(Buffer.from(garbage ? `garbage ${sequence}` : ''), place);
  }).filter(({ data }) => data.length > 0);
}

interface Delivered {
  /** Batches until every good report was counted, and until nothing was left. */
  counted: number;
  batches: number;
  context: IngestContext;
  store: FakeDynamoDb;
}

/** Delivers a stream in batches as Lambda does: from the first unfinished record on. */
async function deliver(
  records: readonly StreamRecord[],
  size: number,
  isThrottled: IsThrottled,
): Promise<Delivered> {
  const store = new FakeDynamoDb();
  let puts = 0;
  const client = clientWith(async command => {
    if (command instanceof PutCommand && isThrottled(String(command.input.Item?.pk), puts++)) {
      throw Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
    }
    return store.send(command);
  });
  const context = ingestContext({ client, tables: TABLES });
  let now = T0;
  // Concurrent sleeps count as one.
  const sleep = async (ms: number): Promise<void> => {
    const until = now + ms;
    await null;
    now = Math.max(now, until);
  };
  const timed = { ...context, clock: () => now, sleep };
  let batches = 0;
  let counted = 0;
  for (let position = 0; position < records.length; ) {
    batches++;
    const batch = records.slice(position, position + size);
    const [first] = await ingest(batch, { ...timed, deadline: now + 54_000 });
    position = first ? records.indexOf(first) : position + batch.length;
    const packets = (await readCounters(store.client, TABLES)).get('7')?.packets;
    if (counted === 0 && packets === GOOD_PACKETS) counted = batches;
  }
  return { counted, batches, context, store };
}

type IsThrottled = (pk: string, put: number) => boolean;

const SPREAD = quarantinePartitions().filter(pk => pk.includes('#'));

describe('half of the edges send garbage', () => {
  it.each<[string, IsThrottled]>([
    ['a healthy store', () => false],
    ['a partition of the quarantine is throttled all the time', pk => pk === SPREAD[7]],
    ['half of the partitions are throttled all the time', pk => SPREAD.slice(16).includes(pk)],
    ['each partition is throttled now and then', (_, put) => put % 3 !== 0],
  ])(
    '%s: the other half is counted in the same number of batches, and all garbage is stored',
    async (_, isThrottled) => {
      const alone = await deliver(stream(false), BATCH / 2, () => false);
      const { counted, batches, context, store } = await deliver(stream(true), BATCH, isThrottled);
      expect(alone.counted).toBe(10);
      expect(counted).toBe(alone.counted);
      expect(batches).toBe(alone.batches);
      expect(quarantinedItems(store)).toHaveLength((EDGES / 2) * MINUTES);
      expect(context.tally.ReportsQuarantined).toBe((EDGES / 2) * MINUTES);
    },
  );

  it('and the quarantine is throttled for minutes: each batch counts its valid records within seconds, and nothing is lost', async () => {
    let puts = 0;
    const { context, store } = await deliver(stream(true), BATCH, () => puts++ < 300);
    const items = quarantinedItems(store);
    expect(new Set(items.map(({ sk }) => sk)).size).toBe((EDGES / 2) * MINUTES);
    expect(items).toHaveLength((EDGES / 2) * MINUTES);
    expect(context.tally.ReportsQuarantined).toBe((EDGES / 2) * MINUTES);
    expect((await readCounters(store.client, TABLES)).get('7')?.packets).toBe(GOOD_PACKETS);
  });

  it('a batch waits at most five seconds for a throttled quarantine, and logs the reason once', async () => {
    const store = new FakeDynamoDb();
    const client = clientWith(async command => {
      if (command instanceof PutCommand && String(command.input.Item?.pk).startsWith('QUARANTINE'))
        throw Object.assign(new Error('busy'), { name: 'ThrottlingException' });
      return store.send(command);
    });
    const told: [string, Record<string, unknown>][] = [];
    const context = ingestContext({ client, tables: TABLES, warn: (...line) => void told.push(line) });
    const batch = stream(true).slice(0, 50);
    const open = await ingest(batch, context);
    expect(open).toEqual(batch.filter((_, index) => index % 2 === 1));
    expect(context.clock() - T0).toBeLessThanOrEqual(5000 + 2000);
    expect(told.map(([message, { failure, records }]) => [message, failure ?? records])).toEqual([
      ['A record could not be put into the quarantine yet.', 'throttled'],
      ['Not all records were processed in time; they are delivered again.', 25],
    ]);
  });
});
