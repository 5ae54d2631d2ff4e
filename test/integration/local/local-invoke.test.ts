import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lambdaDispatcher } from '../../../core/export/lambda-dispatcher.ts';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { REGION } from '../../../local/aws/account.ts';
import { makeInvokeEndpoint } from '../../../local/lambda/invoke-endpoint.ts';

const taken: unknown[] = [];
const server = createServer((request, response) => void handler(request, response));
const handler = makeInvokeEndpoint({
  prefix: '/lambda',
  take: name => (name === 'Stack-Export' ? event => taken.push(event) : undefined),
  clock: Date.now,
});
let endpoint: string;

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lambda`;
});

beforeEach(() => {
  taken.length = 0;
});

afterAll(
  () =>
    new Promise(resolve => {
      server.close(resolve);
      server.closeAllConnections();
    }),
);

const clientOf = (credentials: { accessKeyId: string; secretAccessKey: string } = { ...LOCAL_CREDENTIALS }) =>
  new LambdaClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });

const invoke = (input: Partial<InvokeCommandInput>, client = clientOf()) =>
  client.send(new InvokeCommand({ FunctionName: 'Stack-Export', InvocationType: 'Event', ...input }));

describe('Invoke on one machine', () => {
  it('hands an event over and waits for nothing', async () => {
    await lambdaDispatcher(clientOf(), 'Stack-Export').dispatch('01J');
    expect(taken).toEqual([{ export_id: '01J' }]);
    expect(await invoke({})).toMatchObject({ StatusCode: 202 });
    expect(taken).toEqual([{ export_id: '01J' }, {}]);
  });

  it.each<[Partial<InvokeCommandInput>, string]>([
    [{ FunctionName: 'Other' }, 'ResourceNotFoundException'],
    [{ InvocationType: 'RequestResponse' }, 'InvalidParameterValueException'],
    [{ Payload: 'no JSON' }, 'InvalidRequestContentException'],
    [{ Payload: JSON.stringify('x'.repeat(1024 * 1024)) }, 'RequestTooLargeException'],
  ])('refuses %j', async (input, name) => {
    await expect(invoke(input)).rejects.toMatchObject({ name });
    expect(taken).toEqual([]);
  });

  it('takes no other signature, and nothing else of Lambda', async () => {
    const stranger = clientOf({ accessKeyId: 'local', secretAccessKey: 'wrong' });
    await expect(invoke({}, stranger)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    const unsigned = await fetch(`${endpoint}/2015-03-31/functions/Stack-Export/invocations`, {
      method: 'POST',
    });
    expect(unsigned.status).toBe(403);
    await expect(clientOf().send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    expect(taken).toEqual([]);
  });
});
