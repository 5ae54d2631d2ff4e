import type { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { batchGet } from '../../../core/storage/batch-get.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';

const TABLE = 'traffic';

/** A table that has every item, and answers each call with the keys that `serve` accepts. */
function table(serve: (keys: Record<string, unknown>[], call: number) => Record<string, unknown>[]) {
  let now = 0;
  const waits: number[] = [];
  const sizes: number[] = [];
  const client = clientWith(async command => {
    const { Keys = [], ConsistentRead } = (command as BatchGetCommand).input.RequestItems![TABLE]!;
    expect(ConsistentRead).toBe(true);
    const served = serve(Keys, sizes.push(Keys.length) - 1);
    const left = Keys.filter(key => !served.includes(key));
    return {
      Responses: { [TABLE]: served.map(key => ({ ...key, n: 1 })) },
      UnprocessedKeys: left.length > 0 ? { [TABLE]: { Keys: left } } : {},
    };
  });
  const options = {
    client,
    table: TABLE,
    clock: () => now,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
    random: () => 0.5,
    deadline: 1000,
  };
  return { options, waits, sizes };
}

const keys = (count: number) => Array.from({ length: count }, (_, n) => ({ pk: 'p', sk: `${n}` }));

describe('batchGet', () => {
  it('reads a hundred items at a time, and makes no call without keys', async () => {
    const { options, sizes } = table(all => all);
    expect(await batchGet([], options)).toEqual([]);
    expect(await batchGet(keys(250), options)).toHaveLength(250);
    expect(sizes.sort()).toEqual([100, 100, 50]);
  });

  it('repeats unprocessed keys with longer and longer waits', async () => {
    const { options, waits, sizes } = table((all, call) => (call < 3 ? all.slice(0, 2) : all));
    const found = await batchGet(keys(10), options);
    expect(found.map(({ sk }) => sk).sort()).toEqual([...'0123456789']);
    expect(sizes).toEqual([10, 8, 6, 4]);
    expect(waits).toEqual([10, 20, 40]);
  });

  it('gives up at the deadline, and says what to do', async () => {
    const { options, waits } = table(() => []);
    await expect(batchGet(keys(1), options)).rejects.toThrow(
      'The database is too busy to do this now. Try again in a minute.',
    );
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(1000);
  });

  it('repeats a throttled call', async () => {
    const { options, sizes } = table((all, call) => {
      if (call === 0) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      return all;
    });
    expect(await batchGet(keys(3), options)).toHaveLength(3);
    expect(sizes).toEqual([3, 3]);
  });
});
