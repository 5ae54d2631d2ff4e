import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { exportKey, NOTHING_WRITTEN } from '../../core/export/export-job.ts';
import { createTables, type TestTables } from '../support/tables.ts';

let db: TestTables;
let handler: typeof import('../../functions/export/handler.ts').handler;
let printed = '';

beforeAll(async () => {
  db = await createTables();
  for (const [name, value] of Object.entries({
    NETWORK_TABLE: db.tables.network,
    TRAFFIC_TABLE: db.tables.traffic,
    CACHE_TABLE: db.tables.cache,
    EXPORT_BUCKET: 'none',
    AWS_LAMBDA_FUNCTION_NAME: 'export',
    AWS_ENDPOINT_URL_DYNAMODB: inject('dynamodbEndpoint'),
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_SERVICE_NAME: 'export',
    POWERTOOLS_METRICS_NAMESPACE: 'Patronus',
  })) {
    vi.stubEnv(name, value);
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    printed += text;
    return true;
  });
  ({ handler } = await import('../../functions/export/handler.ts'));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await db.drop();
});

/** One call of the function for sums that can't be answered: there is no snapshot. */
async function runOf(export_id: string, { tries }: { tries: number }) {
  const now = systemClock();
  const [from, to] = [now - 60_000, now].map(ms => new Date(ms).toISOString());
  const Item = {
    ...{ ...exportKey(export_id), export_id, tries, status: 'RUNNING', started_ms: now, lease_until_ms: 0 },
    ...{ share: 0, rows: 0, bytes: 0, checkpoint: NOTHING_WRITTEN, expires_at: Math.ceil(now / 1000) + 60 },
    ...{ file_name: 'x.csv', object_key: 'x.csv', request: { kind: 'STATS', format: 'csv', from, to } },
  };
  await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
  printed = '';
  const { outcome } = await handler({ export_id }, { getRemainingTimeInMillis: () => 120_000 } as Context);
  return { outcome, counted: printed.includes('"ExportsFailed":1') };
}

it('counts what was given up for the alarm, and nothing that was refused', async () => {
  expect(await runOf('REFUSED', { tries: 0 })).toEqual({ outcome: 'refused', counted: false });
  expect(await runOf('TRIED', { tries: 5 })).toEqual({ outcome: 'failed', counted: true });
});
