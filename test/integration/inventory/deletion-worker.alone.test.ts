import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runningKey } from '../../../core/inventory/model/inventory-keys.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { systemClock } from '../../../core/time/clock.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { admin, auditOf, dump, makeHub, networkBed } from '../../support/network-bed.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let handler: typeof import('../../../functions/deletion-worker/handler.ts').handler;
beforeAll(async () => {
  db = await createTables();
  stubFunctionEnvironment(db, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
  const deployed = await import('../../../functions/deletion-worker/handler.ts');
  handler = (...call) => asFunction('deletionworker', () => deployed.handler(...call));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await db.drop();
});

const lambda = { getRemainingTimeInMillis: () => 120_000 } as Context;

/** A record of the stream that passes the filter, with only the fields that the worker needs. */
function record({ pk, sk }: { pk: string; sk: string }, SequenceNumber: string) {
  return {
    eventName: 'MODIFY',
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, SequenceNumber },
  } as const;
}

it('finishes all handed-over deletions of a batch, and does nothing the second time', async () => {
  const context = { ...networkBed(db).context, clock: systemClock, deadline: systemClock() + 60_000 };
  const hubs = [await makeHub(context, { paths: 60 }), await makeHub(context, { paths: 3 })];
  for (const { hub } of hubs) await deleteSite(context, admin, { site_id: hub.id }, { until: 0 });
  const Records = hubs.map(({ hub }, index) => record(runningKey(hub.id), String(index)));
  const event: DynamoDBStreamEvent = { Records: [...Records] };
  expect(await handler(event, lambda)).toEqual({ batchItemFailures: [] });
  const items = await dump(context);
  for (const { hub } of hubs) expect(items.has(`SITE#${hub.id} META`)).toBe(false);
  expect(auditOf(items, 'deleteSite')).toHaveLength(2);
  expect(await handler(event, lambda)).toEqual({ batchItemFailures: [] });
  expect(await dump(context)).toEqual(items);
});
