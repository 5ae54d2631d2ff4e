import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { AwsCallError, callAwsJson } from '../../../local/aws/aws-json-call.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

let server: Server;
afterEach(() => void server.close());

/** An engine that fails this number of times, then answers; the operations that it received. */
async function engine(failures: number): Promise<{ endpoint: string; heard: string[] }> {
  const heard: string[] = [];
  server = createServer((request, response) => {
    heard.push(String(request.headers['x-amz-target']));
    response.statusCode = heard.length > failures ? 200 : 500;
    const failure = { __type: 'com.amazonaws#InternalFailure', message: 'unknown error' };
    response.end(JSON.stringify(heard.length > failures ? { Table: 'there' } : failure));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const call = (endpoint: string, operation: string) =>
  callAwsJson({ endpoint, target: 'DynamoDB_20120810', jsonVersion: '1.0' }, operation, {});

it.each(['DescribeTable', 'GetRecords', 'ListShards', 'AdminGetUser'])(
  'repeats %s when the engine fails',
  async operation => {
    const { endpoint, heard } = await engine(4);
    expect(await call(endpoint, operation)).toEqual({ Table: 'there' });
    expect(heard).toEqual(new Array(5).fill(`DynamoDB_20120810.${operation}`));
  },
);

it('gives up after five tries, with the error of the engine', async () => {
  const { endpoint, heard } = await engine(99);
  await expect(call(endpoint, 'DescribeTable')).rejects.toThrow(
    new AwsCallError('InternalFailure', 'unknown error'),
  );
  expect(heard).toHaveLength(5);
});

it.each(['CreateTable', 'UpdateTable', 'PutItem', 'PutRecord', 'AdminCreateUser'])(
  'sends %s once, because it may have been done',
  async operation => {
    const { endpoint, heard } = await engine(1);
    await expect(call(endpoint, operation)).rejects.toThrow(
      new AwsCallError('InternalFailure', 'unknown error'),
    );
    expect(heard).toHaveLength(1);
  },
);
