import type { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { batchPut } from '../../../core/storage/batch-write.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';

type Request = { PutRequest: { Item: { sk: string } } };

/** A table that writes the requests that `serve` returns for each call; `serve` may throw. */
function table(serve: (requests: Request[], call: number) => Request[]) {
  const written: string[] = [];
  const sizes: number[] = [];
  const client = clientWith(async command => {
    const requests = (command as BatchWriteCommand).input.RequestItems!.traffic as Request[];
    const served = serve(requests, sizes.push(requests.length) - 1);
    written.push(...served.map(({ PutRequest }) => PutRequest.Item.sk));
    const left = requests.filter(request => !served.includes(request));
    return { UnprocessedItems: left.length > 0 ? { traffic: left } : {} };
  });
  const put = (count: number) => {
    const items = Array.from({ length: count }, (_, n) => ({ pk: 'p', sk: `${n}` }));
    return batchPut(items, { client, table: 'traffic', attempts: 3, sleep: async () => {} });
  };
  return { put, written, sizes };
}

describe('batchPut', () => {
  it('writes every item once, at most 25 in a call', async () => {
    const { put, written, sizes } = table(all => all);
    expect(await put(60)).toBe(60);
    expect(new Set(written).size).toBe(60);
    expect(sizes.toSorted()).toEqual([10, 25, 25]);
  });

  it('writes unprocessed items again', async () => {
    const { put, written, sizes } = table((all, call) => (call === 0 ? all.slice(0, 4) : all));
    expect(await put(10)).toBe(10);
    expect(new Set(written).size).toBe(10);
    expect(sizes).toEqual([10, 6]);
  });

  it.each(['ThrottlingException', 'TimeoutError'])('repeats a call that failed with %s', async name => {
    const { put, sizes } = table((all, call) => {
      if (call === 0) throw Object.assign(new Error(name), { name });
      return all;
    });
    expect(await put(10)).toBe(10);
    expect(sizes).toEqual([10, 10]);
  });

  it('fails when items remain unprocessed', async () => {
    const { put, sizes } = table(all => all.slice(0, 1));
    await expect(put(5)).rejects.toThrow('2 items were still unprocessed after 3 attempts');
    expect(sizes).toEqual([5, 4, 3]);
  });

  it('fails at the first error that a retry cannot fix', async () => {
    const { put, sizes } = table(() => {
      throw Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException' });
    });
    await expect(put(5)).rejects.toThrow('no such table');
    expect(sizes).toEqual([5]);
  });
});
