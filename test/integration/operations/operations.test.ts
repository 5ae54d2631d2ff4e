import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { exportItem } from '../../../core/export/export-item.ts';
import { EXPORT_STATUS, NOTHING_WRITTEN } from '../../../core/export/export-job.ts';
import { runningItem } from '../../../core/inventory/model/running-operation.ts';
import { newOperation } from '../../../core/inventory/removal/operation-entry.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const AUDIT_ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

let t: TestTables;
let api: ApiUnderTest;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
  return () => t.drop();
});

const operations = (group: 'viewer' | 'admin' = 'admin') =>
  api.data('Query.operations', {}, { identity: personIn(group) });

describe('operations', () => {
  it('contain a running deletion with the share of finished paths', async () => {
    const { id: site_id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    const operation = newOperation(
      { audit_id: AUDIT_ID, started_ms: api.now },
      { kind: 'DELETE_SITE', site_id, life: 1, actor: systemCaller('test'), endpoints: 1, seq: 1 },
    );
    const put = (Item: Record<string, unknown>) =>
      t.client.send(new PutCommand({ TableName: t.tables.network, Item }));
    await put({ ...runningItem({ ...operation, done_paths: 90 }) });
    for (let path = 0; path < 30; path++) await put({ pk: `SITE#${site_id}`, sk: `PATH#${path}` });
    expect(await operations()).toEqual([
      {
        id: AUDIT_ID,
        kind: 'SITE_DELETION',
        target: `site:${site_id}`,
        target_name: 'Berlin',
        started_at: new Date(api.now).toISOString(),
        started_by: systemCaller('test'),
        progress: 0.75,
        audit_id: AUDIT_ID,
        finished: false,
        finished_at: null,
        error: null,
      },
    ]);
  });

  it('contain the end of a deletion for ten minutes', async () => {
    const { id: site_id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    const { audit_id } = await api.data('Mutation.deleteSite', { site_id });
    expect(await operations()).toMatchObject([
      { audit_id, kind: 'SITE_DELETION', target_name: 'Berlin', progress: 1, finished: true },
    ]);
    api.now += 600_001;
    expect(await operations()).toEqual([]);
  });

  it('contain exports for their owner and for administrators', async () => {
    const job = {
      export_id: AUDIT_ID,
      request: { kind: 'AUDIT', format: 'csv', from: 0, to: 1, as_of: 1 } as never,
      owner: { ...systemCaller('sub-of-operator'), kind: 'PERSON' as const },
      status: EXPORT_STATUS.running,
      file_name: 'audit.csv',
      named_columns: true,
      object_key: 'k',
      started_ms: api.now,
      expires_at: api.now / 1000 + 1000,
      share: 0.5,
      rows: 0,
      bytes: 0,
      lease_until_ms: api.now + 60_000,
      tries: 0,
      checkpoint: NOTHING_WRITTEN,
    };
    await t.client.send(new PutCommand({ TableName: t.tables.traffic, Item: exportItem(job) }));
    expect(await operations('viewer')).toEqual([]);
    expect(await operations()).toMatchObject([
      {
        id: AUDIT_ID,
        kind: 'EXPORT',
        target_name: 'audit.csv',
        progress: 0.5,
        finished: false,
        audit_id: null,
      },
    ]);
  });

  it('are for people only', async () => {
    expect(await api.call('Query.operations', {}, { identity: personIn('none') })).toMatchObject({
      error: { type: 'Unauthorized' },
    });
  });
});
