import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { overviewParts } from '../../../../functions/api/resolvers/overview.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, NO_SUCH_TABLE, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;
const sites: string[] = [];

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
  api.now = T0 + 50_000;
  for (const [index, name] of ['Berlin', 'Bonn'].entries()) {
    const { id } = await api.data('Mutation.createSite', { name });
    sites.push(id);
    api.now += 1000;
    await api.data('Mutation.registerEdge', { id: `edge-${name}`, site_id: id });
    api.now += 1000;
    for (const seq of [1, 2]) {
      const packets = BigInt(seq * (index + 1) * 1000);
      const policies = [{ policy_id: `p${index}`, packets, bytes: packets * 100n }];
      const sketch = { edge_id: `edge-${name}`, site_id: id, seq, sent_ms: seq * 10_000, policies };
      const place = { partition_key: `edge-${name}`, arrived_ms: seq * 10_000 };
      await ingest([reportRecord(sketch, place)], ingestContext(t));
    }
  }
  api.now = T0 + 60_000;
  await snapshotAt(t, T0 + 60_000, ['edge-Berlin', 'edge-Bonn']);
});
afterAll(() => t.drop());

const part = (field: string, on = api, identity = personIn('viewer')) =>
  on.call(`Overview.${field}`, {}, { identity, selection: [] });

describe('the overview', () => {
  it('shows the busiest policies and sites, the size of the network, and the last changes', async () => {
    const data = Object.fromEntries(
      await Promise.all(
        Object.keys(overviewParts).map(async name => {
          const answer = await part(name);
          return [name, 'data' in answer ? JSON.parse(JSON.stringify(answer.data)) : answer];
        }),
      ),
    );
    expect(await api.data('Query.overview', {}, { identity: personIn('viewer') })).toEqual({});
    expect(data.totals).toMatchObject({
      packets: 6000,
      rate: { bits_per_second: 240_000, packets_per_second: 299.904 },
    });
    expect(data.completeness).toMatchObject({ edges_expected: 2, edges_heard: 2 });
    expect(data.top_policies.map(({ id }: { id: string }) => id)).toEqual(['p1', 'p0', 'default']);
    expect(data.top_sites.map(({ name }: { name: string }) => name)).toEqual(['Bonn', 'Berlin']);
    expect(data.problems).toEqual([]);
    expect(data.running).toEqual([]);
    expect(data.paths_by_status).toEqual([]);
    expect(data.last_changes.map(({ operation }: { operation: string }) => operation)).toEqual([
      ...['registerEdge', 'createSite', 'registerEdge', 'createSite'],
    ]);
    expect(data.counts).toEqual({ sites: 2, edges: 2, policies: 0, paths: 0 });
  });

  it('has parts that can fail separately', async () => {
    const broken = makeApi({ client: t.client, tables: { ...t.tables, audit: NO_SUCH_TABLE } });
    broken.now = api.now;
    const failed = {
      error: {
        type: 'Internal',
        message: 'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
      },
    };
    // Both are made from the audit log.
    const needing = ['last_changes', 'running'];
    for (const name of needing) expect(await part(name, broken), name).toEqual(failed);
    for (const name of Object.keys(overviewParts).filter(name => !needing.includes(name))) {
      expect(await part(name, broken), name).toHaveProperty('data');
    }
  });

  it('is for people only, and has no other fields', async () => {
    for (const identity of [machine, personIn('none')]) {
      expect(await part('totals', api, identity)).toMatchObject({ error: { type: 'Unauthorized' } });
    }
    expect(await part('constructor')).toMatchObject({ error: { type: 'Internal' } });
  });
});
