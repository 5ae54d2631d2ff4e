import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OperationName, ROLES } from '../../../../core/access/roles.ts';
import type { ApiIdentity } from '../../../../functions/api/api-event.ts';
import { OPERATION_ARGUMENTS } from '../../../../graphql/arguments.generated.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { soundArguments } from '../../../support/sound-arguments.ts';
import { createTables, NO_SUCH_TABLE, type TestTables } from '../../../support/tables.ts';

const BUDGET = 240;

let t: TestTables;
let api: ApiUnderTest;

const begin = async () => {
  t = await createTables();
  api = makeApi(t, { query_budget: { units: BUDGET } });
};

/** The budget spent under a name in this minute. */
async function spent(owner: string): Promise<number> {
  const { Items = [] } = await t.client.send(
    new QueryCommand({
      TableName: t.tables.cache,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `BUDGET#${owner}` },
      ConsistentRead: true,
    }),
  );
  return Items.find(({ sk }) => sk === String(Math.floor(api.now / 60_000)))?.spent ?? 0;
}

const audit = (identity?: ApiIdentity) => api.call('Query.trafficAudit', {}, identity && { identity });

describe('the budget of expensive operations', () => {
  beforeEach(begin);
  afterEach(() => t.drop());

  it('allows three of fifty simultaneous audits of traffic, and says when to retry', async () => {
    api.now += 37_400;
    const answers = await Promise.all(Array.from({ length: 50 }, () => audit()));
    expect(answers.filter(answer => 'data' in answer)).toHaveLength(3);
    expect(answers.filter(answer => 'error' in answer)).toEqual(
      Array.from({ length: 47 }, () => ({
        error: {
          type: 'Throttled',
          message:
            "You have asked for as many expensive queries as one minute allows: ask again in 23 s, at 2026-03-15T12:01:00.000Z. The API's documentation says what each costs.",
          info: { retry_after_s: 23 },
        },
      })),
    );
    expect(await spent('sub-of-admin')).toBe(240);
  });

  it('starts again each minute', async () => {
    for (let minute = 0; minute < 3; minute++) {
      const answers = [await audit(), await audit(), await audit(), await audit()];
      expect(answers.map(answer => 'data' in answer)).toEqual([true, true, true, false]);
      api.now += 60_000;
    }
  });

  it('is separate for each person', async () => {
    await Promise.all(Array.from({ length: 4 }, () => audit()));
    expect(await audit(personIn('viewer'))).toHaveProperty('data');
  });

  it('is shared by all sessions of a role, with any session name', async () => {
    const session = (name: string) => ({
      userArn: `arn:aws:sts::123456789012:assumed-role/grafana/${name}`,
      username: name,
    });
    for (const name of ['a', 'b', 'c']) {
      await api.data('Query.endpointStats', { site_id: 'x' }, { identity: session(name) }).catch(() => {});
    }
    expect(await spent('arn:aws:sts::123456789012:assumed-role/grafana')).toBe(24);
  });

  it('is not reduced by a request with invalid arguments', async () => {
    await api.call('Query.trafficStats', { group_by: [], from: 'x', to: 'y' });
    expect(await spent('sub-of-admin')).toBe(0);
  });

  it('depends on the reads: the range of the flow log, and a search in a list', async () => {
    const costs = async (operation: string, args: object) => {
      const before = await spent('sub-of-admin');
      await api.call(operation, args);
      return (await spent('sub-of-admin')) - before;
    };
    const to = '2026-03-15T12:00:00Z';
    const stats = { group_by: ['PROTOCOL'], to };
    expect(await costs('Query.flowStats', { ...stats, from: '2026-03-15T11:50:00Z' })).toBe(11);
    expect(await costs('Query.flowStats', { ...stats, from: '2026-03-14T12:00:00Z' })).toBe(58);
    expect(await costs('Query.topFlows', { window: 60 })).toBe(2);
    expect(await costs('Query.topFlows', { from: '2026-03-15T00:00:00Z', to })).toBe(24);
    expect(await costs('Query.policyImpact', { draft: { priority: 1 } })).toBe(4);
    expect(await costs('Query.policyImpact', { draft: { priority: 1 }, window: 30 })).toBe(3);
    expect(await costs('Query.policies', { limit: 100 })).toBe(0);
    expect(await costs('Query.policies', { limit: 101 })).toBe(2);
    expect(await costs('Query.auditLog', {})).toBe(0);
    expect(await costs('Query.auditLog', { actor: 'x' })).toBe(10);
    expect(await costs('Query.sites', { search: '' })).toBe(0);
    expect(await costs('Query.sites', { search: 'x' })).toBe(10);
    expect(await costs('Query.sites', { limit: 100 })).toBe(0);
    expect(await costs('Query.sites', { limit: 101 })).toBe(2);
  });

  it('allows operations whose cost cannot be stored, except when throttled', async () => {
    const withoutTable = makeApi(
      { client: t.client, tables: { ...t.tables, cache: NO_SUCH_TABLE } },
      { query_budget: { units: BUDGET } },
    );
    expect(await withoutTable.call('Query.trafficAudit')).toHaveProperty('data');

    const silent = Object.assign(Object.create(t.client), {
      send: (command: { input: { TableName?: string } }, options?: { abortSignal: AbortSignal }) =>
        command.input.TableName === t.tables.cache
          ? new Promise((_, reject) => {
              options!.abortSignal.addEventListener('abort', () => reject(options!.abortSignal.reason));
            })
          : t.client.send(command as never, options),
    });
    const hanging = makeApi(
      { client: silent, tables: t.tables },
      { query_budget: { units: BUDGET, wait_ms: 1 } },
    );
    expect(await hanging.call('Query.trafficAudit')).toHaveProperty('data');

    const send = t.client.send.bind(t.client);
    t.client.send = (async (command: { input: { TableName?: string } }) => {
      if (command.input.TableName !== t.tables.cache) return send(command as never);
      throw Object.assign(new Error('slower'), { name: 'ProvisionedThroughputExceededException' });
    }) as never;
    expect(await audit()).toEqual({
      error: {
        type: 'Throttled',
        message: 'There are too many expensive queries at once. Try again in a minute.',
      },
    });
    t.client.send = send;
  });
});

/**
 * The cost of each operation with the smallest arguments; an operation without an entry is free.
 */
const EXPECTED: Partial<Record<OperationName, number>> = {
  'Query.figures': 2,
  'Query.trafficStats': 10,
  'Query.trafficHistory': 10,
  'Query.trafficSeries': 10,
  'Query.trafficPercentile': 5,
  'Query.pathHistory': 5,
  'Query.policyHistory': 2,
  'Query.shadowedPolicies': 10,
  'Query.policyVersions': 10,
  'Query.changesBetween': 20,
  'Query.topFlows': 1,
  'Query.duplicateCounting': 1,
  'Query.flows': 2,
  'Query.flowStats': 11,
  'Query.pathLoss': 2,
  'Query.endpointStats': 8,
  'Query.allPaths': 8,
  'Query.pathMatrix': 8,
  'Query.trafficAudit': 80,
  'Query.siteDeletionPreview': 10,
  'Query.cacheHistory': 2,
  'Mutation.warmCaches': 40,
  'Mutation.createIncident': 60,
  'Query.users': 4,
  'Query.trafficCost': 10,
  'Mutation.startExport': 20,
};

describe('one operation', () => {
  beforeAll(begin);
  // Each minute has its own budget.
  beforeEach(() => {
    api.now += 60_000;
  });
  afterAll(() => t.drop());

  it.each(Object.keys(ROLES) as OperationName[])('%s has the expected cost', async operation => {
    const identity = ROLES[operation].people === null ? machine : personIn('admin');
    await api.call(operation, soundArguments(OPERATION_ARGUMENTS[operation]), { identity });
    const owner = identity === machine ? machine.userArn! : 'sub-of-admin';
    expect(await spent(owner)).toBe(EXPECTED[operation] ?? 0);
  });

  it('counts answers of type Internal, and no others', async () => {
    const broken = makeApi({ client: t.client, tables: { ...t.tables, network: NO_SUCH_TABLE } });
    expect(await broken.call('Query.siteCount')).toEqual({
      error: {
        type: 'Internal',
        message: 'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
      },
    });
    await broken.call('Query.sites', { limit: 0 });
    expect(broken.internal_errors).toBe(1);
  });
});
