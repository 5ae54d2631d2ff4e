import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { Throttled } from '../../../core/errors.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readAllLanes, readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

it('the lanes of edge "a" are never those of edge "a#1", whose keys have the same beginning', async () => {
  const store = new FakeDynamoDb();
  const records = ['a', 'a#1'].map(edge_id => reportRecord({ edge_id }));
  await ingest(records, ingestContext({ client: store.client, tables: TABLES }));
  const lanes = store.dump().filter(({ pk }) => String(pk).startsWith('LANE'));
  expect(lanes).toHaveLength(2);
  const client = clientWith(async command =>
    command instanceof QueryCommand ? { Items: lanes } : store.send(command),
  );
  expect((await readLanesOfEdge(client, TABLES, 'a')).map(({ edge_id }) => edge_id)).toEqual(['a']);
});

it('all lanes are read until the deadline at most', async () => {
  const client = clientWith(async () => ({ Items: [] }));
  const time = { clock: () => 1, deadline: 1 };
  const readAll = async () => {
    for await (const _ of readAllLanes(client, TABLES, { time }));
  };
  await expect(readAll()).rejects.toThrow(
    new Throttled(
      'The counts of all edges could not be read in time. Ask for a single edge, or try again in 15 minutes.',
    ),
  );
});
