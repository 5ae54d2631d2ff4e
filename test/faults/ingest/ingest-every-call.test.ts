import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { LaneMemory } from '../../../core/ingest/lane-memory.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import type { TableNames } from '../../../core/storage/tables.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FAULTS, type Fault, type Faults, faultyClient } from '../../support/faults.ts';
import { fixedReports } from '../../support/fixed-reports.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

interface Store {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

interface Trouble {
  /** With a step that subtracts gauges first: 160 more counters. */
  wide?: boolean;
  /** The call that fails, from 0. */
  call?: number;
  fault?: Fault;
}

/** Delivers the fixed stream, batch by batch, each until it is finished; one of all calls fails. */
async function deliver(store: Store, prefix: string, trouble: Trouble = {}): Promise<Faults> {
  const faulty = faultyClient(store.client, call => (call === trouble.call ? trouble.fault : undefined));
  let client = faulty.client;
  let memory = new LaneMemory();
  for (const batch of fixedReports(prefix, trouble).batches) {
    for (let open = batch; open.length > 0; ) {
      try {
        const context = ingestContext({ ...store, client, memory });
        const [first] = await ingest(open, context);
        open = first ? batch.slice(batch.indexOf(first)) : [];
      } catch (error) {
        if (!['Killed', 'AccessDeniedException'].includes((error as Error).name)) throw error;
      }
      if (!faulty.killed) continue;
      // Lambda starts a new one, and delivers the batch again from its beginning.
      client = store.client;
      memory = new LaneMemory();
    }
  }
  await faulty.landAll();
  return faulty;
}

async function counters({ client, tables }: Store, prefix: string) {
  const all = await readCounters(client, tables);
  return Object.fromEntries([...all].filter(([policy_id]) => policy_id.startsWith(prefix)));
}

const TABLES: TableNames = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

describe('a function with a failure of any one call', () => {
  it.each(FAULTS)('%s: counts exactly with a database in memory', async fault => {
    const { length: calls } = (await deliver({ client: new FakeDynamoDb().client, tables: TABLES }, 'p-'))
      .calls;
    expect(calls).toBeGreaterThanOrEqual(10);
    for (let call = 0; call < calls; call++) {
      const store = { client: new FakeDynamoDb().client, tables: TABLES };
      await deliver(store, 'p-', { call, fault });
      expect(await counters(store, 'p-'), `at call ${call}`).toEqual(fixedReports('p-').expected);
    }
  });
});

describe('the same on DynamoDB Local', () => {
  let db: TestTables;
  // New tables for each fault: every call leaves its counters, and each check reads all of them.
  beforeEach(async () => {
    db = await createTables();
  });
  afterEach(() => db.drop());

  it('without a fault', async () => {
    await deliver(db, 'clean-');
    expect(await counters(db, 'clean-')).toEqual(fixedReports('clean-').expected);
  });

  it.each<Fault>(['killed after', 'time-out, landed', 'time-out, lands later', 'canceled: ValidationError'])(
    '%s',
    async fault => {
      const { length: calls } = (await deliver(db, 'clean-')).calls;
      for (let call = 0; call < calls; call++) {
        const prefix = `${fault}-${call}-`;
        await deliver(db, prefix, { call, fault });
        expect(await counters(db, prefix), `at call ${call}`).toEqual(fixedReports(prefix).expected);
      }
    },
  );
});
