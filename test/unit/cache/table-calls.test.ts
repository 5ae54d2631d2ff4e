import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import { readGeneration } from '../../../core/cache/generation/generation.ts';
import { TableLevel } from '../../../core/cache/shared/table-level.ts';
import { sweepCaches } from '../../../core/cache/upkeep/sweep-caches.ts';
import { readUsage, UsageReporter } from '../../../core/cache/upkeep/usage-reporter.ts';
import { jsonCodec } from '../../../core/cache/value-codec.ts';
import { makeDocumentClient } from '../../../core/storage/document-client.ts';

interface Call {
  name: string;
  input: Record<string, unknown> & { RequestItems?: Record<string, { ConsistentRead?: boolean }> };
}

/** A client that records its calls. DynamoDB Local can't show whether a read is consistent. */
function recording(answer: (call: Call, number: number) => unknown = () => ({})) {
  const calls: Call[] = [];
  const send = async (command: { constructor: { name: string }; input: Call['input'] }) => {
    const call = { name: command.constructor.name, input: command.input };
    calls.push(call);
    return answer(call, calls.length);
  };
  const client = Object.assign(makeDocumentClient({ region: 'local' }), { send });
  return { calls, client: client as DynamoDBDocumentClient };
}

const table = 'Cache';
const codec = jsonCodec({ shape: 1, parse: String });
const levelOf = (client: DynamoDBDocumentClient) =>
  new TableLevel<string>({ client, table, cache: 'test', codec, clock: () => 0 });

describe('strongly consistent reads', () => {
  it.each<[string, (client: DynamoDBDocumentClient) => Promise<unknown>]>([
    ['the generation', client => readGeneration({ client, table, cache: 'test' })],
    ['an entry', client => levelOf(client).get('key', 0)],
    ['the usage', client => readUsage({ client, table }, ['test'])],
  ])('read %s', async (_what, read) => {
    const { calls, client } = recording();
    await read(client);
    expect(calls.map(({ input }) => input.ConsistentRead)).toEqual([true]);
  });

  it('read an entry and its companion', async () => {
    const { calls, client } = recording();
    const companion = { table: 'Traffic', key: { pk: 'a', sk: 'b' } };
    expect(await levelOf(client).getWithCompanion('key', 0, companion)).toEqual({
      entry: undefined,
      item: null,
    });
    const requests = Object.values(calls[0]!.input.RequestItems!);
    expect(requests.map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true]);
  });
});

it('does not take an unprocessed companion for a missing one', async () => {
  const companion = { table: 'Traffic', key: { pk: 'a', sk: 'b' } };
  const { client } = recording(() => ({
    UnprocessedKeys: { Traffic: { Keys: [companion.key] } },
  }));
  const found = await levelOf(client).getWithCompanion('key', 0, companion);
  expect(found).toEqual({ entry: undefined, item: undefined });
});

it.each([
  ['generation', 'one'],
  ['removals', 0.5],
  ['removed_keys', 'none'],
  ['swept', null],
])('rejects a state whose %s is %s, which would serve cleared entries', async (name, value) => {
  const { client } = recording(() => ({ Item: { [name]: value } }));
  await expect(readGeneration({ client, table, cache: 'test' })).rejects.toThrow(`"${name}"`);
});

describe('a deletion', () => {
  it('of a broken entry never removes a good one that replaced it after the read', async () => {
    const broken = { pk: 'ENTRY#test#0#00', sk: 'key', shape: 1, value: 7, written_ms: 5 };
    const { calls, client } = recording(({ name }) => {
      if (name === 'GetCommand') return { Item: broken };
      throw named('ConditionalCheckFailedException');
    });
    expect(await levelOf(client).get('key', 0)).toBeUndefined();
    expect(calls[1]!.input).toMatchObject({
      Key: { pk: broken.pk, sk: 'key' },
      ConditionExpression: '#written_ms = :seen',
      ExpressionAttributeValues: { ':seen': 5 },
    });
  });

  it('of an expired entry never removes one that replaced it after the index was read', async () => {
    const { calls, client } = recording(({ name }, number) => {
      if (name === 'QueryCommand') return { Items: number === 1 ? [{ pk: 'ENTRY', sk: 'key' }] : [] };
      throw named('ConditionalCheckFailedException');
    });
    expect(await levelOf(client).cleanupExpired(0)).toBe(0);
    const deletions = calls.filter(({ name }) => name === 'DeleteCommand');
    expect(deletions).toHaveLength(1);
    expect(deletions[0]!.input).toMatchObject({
      ConditionExpression: '#expires_ms <= :now',
      ExpressionAttributeValues: { ':now': 0 },
    });
  });
});

describe('the sweep', () => {
  it('continues when a clear raises the generation while the cache is being marked as swept', async () => {
    const { calls, client } = recording(({ name }) => {
      if (name === 'GetCommand') return { Item: { generation: 1 } };
      if (name === UpdateCommand.name) throw named('TransactionConflictException');
      return { Items: [] };
    });
    const options = { client, table, caches: ['test'], clock: () => 0, deadline: 1 };
    expect(await sweepCaches(options)).toEqual({ removed: 0, finished: true });
    expect(calls.filter(({ name }) => name === UpdateCommand.name)).toHaveLength(1);
  });

  it('fails with any other error of the mark', async () => {
    const { client } = recording(({ name }) => {
      if (name === 'GetCommand') return { Item: { generation: 1 } };
      if (name === UpdateCommand.name) throw named('AccessDeniedException');
      return { Items: [] };
    });
    const options = { client, table, caches: ['test'], clock: () => 0, deadline: 1 };
    await expect(sweepCaches(options)).rejects.toThrow('AccessDeniedException');
  });
});

describe('usage', () => {
  it('is reported at most once in ten seconds, and at once when the clock was set back', async () => {
    const { calls, client } = recording();
    const time = { now: 100_000 };
    const cache = new Cache<string, string>({ name: 'test', ttl_seconds: 60, clock: () => time.now });
    const reporter = new UsageReporter({ client, table, caches: [cache], clock: () => time.now });
    const reportAt = async (now: number) => {
      time.now = now;
      await cache.get('key');
      await reporter.report();
      return calls.length;
    };
    expect([await reportAt(109_999), await reportAt(110_000), await reportAt(119_999)]).toEqual([0, 1, 1]);
    expect(await reportAt(50_000)).toBe(2);
  });

  it('never rejects, and adds unreported figures to the next report', async () => {
    const troubles: unknown[] = [];
    const time = { now: 0 };
    const { calls, client } = recording((_call, number) => {
      if (number === 1) throw named('InternalServerError');
      return {};
    });
    const cache = new Cache<string, string>({ name: 'test', ttl_seconds: 60, clock: () => time.now });
    const onTrouble = (cause: unknown) => troubles.push(cause);
    const reporter = new UsageReporter({ client, table, caches: [cache], clock: () => time.now, onTrouble });
    for (const now of [10_000, 20_000]) {
      time.now = now;
      await cache.get('key');
      await reporter.report();
    }
    expect(troubles).toHaveLength(1);
    const added = calls.map(({ input }) => input.ExpressionAttributeValues as Record<string, number>);
    expect(added.map(values => values[':add_test_misses'])).toEqual([1, 2]);
  });
});

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
