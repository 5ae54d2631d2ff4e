import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { readMarks, readPolicySamples } from '../../../core/history/sample-store.ts';
import { type PreviousTotals, takeSnapshot } from '../../../core/history/snapshot.ts';
import type { ListPosition } from '../../../core/inventory/policies/list-policies.ts';
import { positionOf } from '../../../core/inventory/policies/list-policies.ts';
import { pagePolicies } from '../../../core/inventory/policies/page-policies.ts';
import { slotsItem } from '../../support/counter-slots.ts';
import { inventedId, packetsOf, putManyPolicies } from '../../support/many-policies.ts';
import { MemoryTable } from '../../support/memory-table.ts';

const POLICIES = 50_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-03-15T09:58:00Z');
const BATCH = 25;

const table = new MemoryTable();
const store = { client: table.client, table: 'traffic' };
const previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };

beforeAll(async () => {
  await store.client.send(new PutCommand({ TableName: 'traffic', Item: slotsItem() }));
  await putManyPolicies({ ...store, policies: POLICIES, heard_at: START });
});

/** Takes a snapshot, and counts its calls. */
async function snapshot(at: number) {
  table.calls.clear();
  table.puts = 0;
  const result = await takeSnapshot({
    store,
    scheduled_at: at,
    registered: [],
    retention: DEFAULT_RETENTION,
    clock: () => at,
    sleep: async () => {},
    previous,
  });
  const calls = (name: string) => table.calls.get(name) ?? 0;
  return { ...result, puts: table.puts, queries: calls('QueryCommand'), batches: calls('BatchWriteCommand') };
}

/**
 * The lanes' samples, the marks, the minute of the first snapshot: they do not grow with the
 * policies.
 */
const LANES = POLICIES / 500;
const OTHER_PUTS = LANES + 10;
/** 64 partitions of lanes, marks. */
const OTHER_QUERIES = 64 * 2 + 20;

it('takes a snapshot of 50,000 policy ids with writes for changes only, reads no idle policy and misses none', async () => {
  const first = await snapshot(START);
  expect(first).toMatchObject({ taken: true, policies_written: POLICIES + 1, rollups: ['HOUR', 'DAY'] });
  expect(first.puts).toBeLessThanOrEqual(3 * (POLICIES + 1) + OTHER_PUTS);
  expect(first.queries).toBeLessThanOrEqual(OTHER_QUERIES);
  expect(first.batches).toBeLessThanOrEqual((3 * POLICIES) / BATCH + 200);

  const quiet = await snapshot(START + MINUTE);
  expect(quiet).toMatchObject({ taken: true, policies_written: 0, rollups: [] });
  expect(quiet.puts).toBeLessThanOrEqual(OTHER_PUTS);

  const hour = await snapshot(START + 2 * MINUTE);
  expect(hour).toMatchObject({ taken: true, policies_written: POLICIES + 1, rollups: ['HOUR'] });
  expect(hour.puts).toBeLessThanOrEqual(2 * (POLICIES + 1) + OTHER_PUTS);
  expect(hour.queries).toBeLessThanOrEqual(OTHER_QUERIES);

  const at = START + 2 * MINUTE;
  const range = { resolution: 'HOUR' as const, from: at - HOUR, to: at };
  const marks = await readMarks(store, range);
  for (const index of [0, 499, 500, 31_415, POLICIES - 1]) {
    const samples = await readPolicySamples(store, { policy_id: inventedId(index), range, marks });
    expect(samples.at(-1)).toMatchObject({
      at,
      packets: packetsOf(index),
      peak: { packets_per_second: 0, bits_per_second: 0, active_flows: 1 },
    });
  }
});

it('reads the list of policies at a cost that depends on the page only', async () => {
  const context = {
    ...{
      client: table.client,
      tables: { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' },
    },
    ...{ clock: () => 0, sleep: async () => {}, random: () => 0, deadline: 1 },
  };
  const order = 'PRIORITY' as const;
  const request = { limit: 100, order, filter: {}, undefined_too: true, with_counts: true };
  let start: ListPosition | undefined;
  const ids: string[] = [];
  for (let page = 0; page < 10; page++) {
    table.calls.clear();
    const { lines, more, counts } = await pagePolicies(context, [], { ...request, start });
    expect(more).toBe(true);
    for (const { id } of lines) {
      ids.push(id);
      if (id !== 'default') expect(counts?.get(id)?.packets).toBe(packetsOf(ids.length - 2));
    }
    start = positionOf(lines.at(-1)!, order);
    const reads = [...table.calls.values()].reduce((sum, calls) => sum + calls, 0);
    expect(reads).toBeLessThanOrEqual(60);
  }
  expect(ids).toEqual(['default', ...Array.from({ length: 999 }, (_, index) => inventedId(index))]);
});
