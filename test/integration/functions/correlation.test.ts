import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { RUNNING_PARTITION } from '../../../core/inventory/model/inventory-keys.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import type { Item } from '../../../core/storage/item.ts';
import type { ApiEvent } from '../../../functions/api/api-event.ts';
import { personIn } from '../../support/api.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const REQUEST = '1f3a0f0e-0f5e-4b51-9f0c-3f1c7b9d2a11';

let db: TestTables;
let graphql: Server;
let site_id: string;
const printed: string[] = [];
/** The variables of publications. */
const published: { actor: { request_id: string }; type: string }[] = [];

beforeAll(async () => {
  db = await createTables();
  graphql = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', text => {
      body += text;
    });
    request.on('end', () => {
      published.push(JSON.parse(body).variables);
      response.end('{"data":{"publishEvent":{"id":"1"}}}');
    });
  });
  await new Promise<void>(resolve => graphql.listen(0, '127.0.0.1', resolve));
  stubFunctionEnvironment(db, {
    ...{ USER_POOL_ID: 'eu-central-1_Abc', EXPORT_BUCKET: 'exports', EXPORT_FUNCTION: 'export' },
    GRAPHQL_URL: `http://127.0.0.1:${(graphql.address() as AddressInfo).port}/graphql`,
    // Cognito and S3 are not needed: these addresses do not answer.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    POWERTOOLS_SERVICE_NAME: 'test',
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(text => Boolean(printed.push(String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation(text => Boolean(printed.push(String(text))));
  const context = {
    ...db,
    clock: Date.now,
    sleep: async () => {},
    random: () => 0,
    deadline: Date.now() + 60_000,
  };
  ({ id: site_id } = await createSite(context, systemCaller('test'), { name: 'Berlin' }));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  graphql.close();
  await db.drop();
});

const lambda = {
  getRemainingTimeInMillis: () => 900_000,
  functionName: 'test',
  awsRequestId: 'call-1',
} as Context;

function apiEvent(field: string, args: object, request_id: string | null): ApiEvent {
  const type = field === 'auditLog' ? 'Query' : 'Mutation';
  const selection = ['items/actor/request_id', 'finished', 'audit_id', 'success', 'message'];
  return { type, field, arguments: args, identity: personIn('admin'), selection, request_id };
}

async function itemsOf(TableName: string, pk: string): Promise<Item[]> {
  const query = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  });
  return (await db.client.send(query)).Items ?? [];
}

/** Items as the stream of the table delivers them. */
function streamed(...items: Item[]): DynamoDBStreamEvent {
  return {
    Records: items.map((item, index) => ({
      eventName: 'INSERT' as const,
      dynamodb: {
        SequenceNumber: String(index),
        ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
        Keys: marshall({ pk: item.pk, sk: item.sk }) as never,
        NewImage: marshall(item) as never,
      },
    })),
  };
}

/** The parsed lines of the log. */
function lines(): Record<string, unknown>[] {
  return printed
    .join('')
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line));
}

it('finds a deletion by the id of its request in the logs of api and worker, the audit log and the event', async () => {
  const { handler: api } = await import('../../../functions/api/handler.ts');
  const { handler: worker } = await import('../../../functions/deletion-worker/handler.ts');
  const { handler: broadcast } = await import('../../../functions/broadcast/handler.ts');

  // Enough time passes for the function to hand over, as with a large site.
  const realNow = Date.now.bind(Date);
  let later = 0;
  const time = vi.spyOn(Date, 'now').mockImplementation(() => {
    later += 5000;
    return realNow() + later;
  });
  const answer = await api(apiEvent('deleteSite', { site_id }, REQUEST), lambda);
  time.mockImplementation(() => realNow() + later);
  expect(answer).toMatchObject({ data: { success: true, finished: false } });
  expect(lines()).toContainEqual(
    expect.objectContaining({
      message: 'Answered a mutation.',
      correlation_id: REQUEST,
      operation: 'deleteSite',
      outcome: 'DONE',
    }),
  );

  const [running] = await itemsOf(db.tables.network, RUNNING_PARTITION);
  expect(await worker(streamed(running!), lambda)).toEqual({ batchItemFailures: [] });
  expect(lines()).toContainEqual(
    expect.objectContaining({ message: 'Took an operation over: finished.', correlation_id: REQUEST }),
  );

  const month = new Date(Date.now()).toISOString().slice(0, 7);
  const entries = await itemsOf(db.tables.audit, `CHANGE#${month}`);
  const deletion = entries.find(({ operation }) => operation === 'deleteSite')!;
  expect(await api(apiEvent('auditLog', { action: 'deleteSite' }, null), lambda)).toMatchObject({
    data: { items: [{ actor: { username: 'admin', request_id: REQUEST } }] },
  });

  expect(await broadcast(streamed(deletion), lambda)).toEqual({ batchItemFailures: [] });
  expect(published).toMatchObject([{ type: 'SITE_DELETED', actor: { request_id: REQUEST } }]);
  expect(lines()).toContainEqual(
    expect.objectContaining({ message: 'Published changes.', correlation_ids: [REQUEST] }),
  );
  time.mockRestore();
});

it.each([null, 'x'.repeat(36), '', '{"a":1}'])(
  'replaces an id that AppSync cannot have made by the id of the call: %j',
  async request_id => {
    const { handler: api } = await import('../../../functions/api/handler.ts');
    printed.length = 0;
    await api(apiEvent('deleteSite', { site_id: 'no id' }, request_id), lambda);
    expect(lines()).toContainEqual(
      expect.objectContaining({
        message: 'Answered a mutation.',
        correlation_id: 'call-1',
        outcome: 'ValidationError',
      }),
    );
  },
);

it('names the batch of reports in every line about it, with the same name after another delivery', async () => {
  const { handler } = await import('../../../functions/ingest/handler.ts');
  const kinesis = {
    approximateArrivalTimestamp: Date.now() / 1000,
    data: Buffer.from('no report').toString('base64'),
    partitionKey: 'edge-1',
    sequenceNumber: '7',
  };
  const event = { Records: [{ eventID: 'shardId-000000000000:7', kinesis }] };
  printed.length = 0;
  await handler(event as never, lambda);
  const ids = lines().map(({ correlation_id }) => correlation_id);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids)).toEqual(new Set(['shardId-000000000000:7']));
});
