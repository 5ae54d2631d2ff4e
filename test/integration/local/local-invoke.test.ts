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
import { FunctionFailure, TooManyRequests } from '../../../local/lambda/function-failure.ts';
import { makeInvokeEndpoint } from '../../../local/lambda/invoke-endpoint.ts';

const taken: unknown[] = [];

/** The function; it fails on request. */
async function invoke(event: unknown): Promise<unknown> {
  const { fail } = event as { fail?: string };
  if (fail === 'busy') throw new TooManyRequests('Stack-Export');
  if (fail !== undefined) throw new FunctionFailure('r', { errorType: 'Error', errorMessage: fail });
  return event;
}

const server = createServer((request, response) => void handler(request, response));
const handler = makeInvokeEndpoint({
  prefix: '/lambda',
  find: name => (name === 'Stack-Export' ? { take: event => taken.push(event), invoke } : undefined),
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

const call = (input: Partial<InvokeCommandInput>, client = clientOf()) =>
  client.send(new InvokeCommand({ FunctionName: 'Stack-Export', InvocationType: 'Event', ...input }));

describe('Invoke on one machine', () => {
  it('passes an event on without waiting', async () => {
    await lambdaDispatcher(clientOf(), 'Stack-Export').dispatch('01J');
    expect(taken).toEqual([{ export_id: '01J' }]);
    expect(await call({})).toMatchObject({ StatusCode: 202 });
    expect(taken).toEqual([{ export_id: '01J' }, {}]);
  });

  it.each([
    ['{"a":1}', undefined, '{"a":1}'],
    ['{"fail":"broken"}', 'Unhandled', '{"errorType":"Error","errorMessage":"broken"}'],
  ])('answers %s with the result of the function', async (Payload, FunctionError, answer) => {
    const { Payload: given, ...rest } = await call({ InvocationType: 'RequestResponse', Payload });
    expect(rest).toMatchObject({ StatusCode: 200, ...(FunctionError && { FunctionError }) });
    expect(Buffer.from(given!).toString()).toBe(answer);
    expect(taken).toEqual([]);
  });

  it.each<[Partial<InvokeCommandInput>, string]>([
    [{ FunctionName: 'Other' }, 'ResourceNotFoundException'],
    [{ InvocationType: 'DryRun' }, 'InvalidParameterValueException'],
    [{ InvocationType: 'RequestResponse', Payload: '{"fail":"busy"}' }, 'TooManyRequestsException'],
    [{ Payload: 'no JSON' }, 'InvalidRequestContentException'],
    [{ Payload: JSON.stringify('x'.repeat(1024 * 1024)) }, 'RequestTooLargeException'],
  ])('rejects %j', async (input, name) => {
    await expect(call(input)).rejects.toMatchObject({ name });
    expect(taken).toEqual([]);
  });

  it('rejects other signatures and other operations of Lambda', async () => {
    const stranger = clientOf({ accessKeyId: 'local', secretAccessKey: 'wrong' });
    await expect(call({}, stranger)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
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
