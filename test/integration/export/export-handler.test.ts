import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { exportKey, NOTHING_WRITTEN } from '../../../core/export/export-job.ts';
import { systemClock } from '../../../core/time/clock.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let handler: typeof import('../../../functions/export/handler.ts').handler;
let printed = '';

beforeAll(async () => {
  db = await createTables();
  stubFunctionEnvironment(db, {
    EXPORT_BUCKET: 'none',
    AWS_LAMBDA_FUNCTION_NAME: 'export',
    POWERTOOLS_SERVICE_NAME: 'export',
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    printed += text;
    return true;
  });
  const deployed = await import('../../../functions/export/handler.ts');
  handler = (...call) => asFunction('export', () => deployed.handler(...call));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await db.drop();
});

const REQUEST = '1f3a0f0e-0f5e-4b51-9f0c-3f1c7b9d2a11';

/** One call of the function for sums that cannot be answered: there is no snapshot. */
async function runOf(export_id: string, { tries }: { tries: number }) {
  const now = systemClock();
  const [from, to] = [now - 60_000, now].map(ms => new Date(ms).toISOString());
  const Item = {
    ...{ ...exportKey(export_id), export_id, tries, status: 'RUNNING', started_ms: now, lease_until_ms: 0 },
    ...{ share: 0, rows: 0, bytes: 0, checkpoint: NOTHING_WRITTEN, expires_at: Math.ceil(now / 1000) + 60 },
    ...{ file_name: 'x.csv', object_key: 'x.csv', request: { kind: 'STATS', format: 'csv', from, to } },
    owner: { ...systemCaller('test'), request_id: REQUEST },
  };
  await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
  printed = '';
  const { outcome } = await handler({ export_id }, { getRemainingTimeInMillis: () => 120_000 } as Context);
  const lines = printed.split('\n').filter(line => line.startsWith('{'));
  return {
    outcome,
    counted: printed.includes('"ExportsFailed":1'),
    correlation_ids: [...new Set(lines.map(line => JSON.parse(line).correlation_id))],
  };
}

it('counts abandoned exports for the alarm, and no rejected ones', async () => {
  expect(await runOf('REFUSED', { tries: 0 })).toMatchObject({ outcome: 'refused', counted: false });
  expect(await runOf('TRIED', { tries: 5 })).toMatchObject({ outcome: 'failed', counted: true });
});

it('logs under the id of the request that started the export', async () => {
  expect(await runOf('LOGGED', { tries: 5 })).toMatchObject({ correlation_ids: [REQUEST] });
});
