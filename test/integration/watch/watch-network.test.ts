import { PutCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { alarmItem } from '../../../core/alarms/alarm.ts';
import { exportItem } from '../../../core/export/export-item.ts';
import { EXPORT_STATUS, NOTHING_WRITTEN } from '../../../core/export/export-job.ts';
import { runningItem } from '../../../core/inventory/model/running-operation.ts';
import { newOperation } from '../../../core/inventory/removal/operation-entry.ts';
import { type Followed, followPathMetrics } from '../../../core/routing/metrics/path-metrics-store.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { watchNetwork } from '../../../core/watch/watch-network.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { storeContext } from '../../support/store-context.ts';
import { putLane, someLane } from '../../support/stored-lane.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** As the clean-up does. */
const watch = withRights('cleanup', watchNetwork);

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const PATH = `${SITE}.0123456789abcdef`;

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;
/** Names of the writing calls since it was emptied. */
let writes: string[];

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
  context = storeContext(t, () => api.now);
  writes = [];
  t.client.middlewareStack.add(
    (next, { commandName }) =>
      args => {
        if (/Put|Update|Delete|Write/.test(commandName ?? '')) writes.push(commandName!);
        return next(args);
      },
    { step: 'initialize' },
  );
  return () => t.drop();
});

const alarms = async () =>
  (await api.data('Query.alarms')).items as { id: string; kind: string; since: string }[];
const types = async () =>
  (
    (await api.data('Query.events', { from: '2026-03-01T00:00:00Z', limit: 100 })).items as { type: string }[]
  ).map(({ type }) => type);
const hear = (edge_id: string) => putLane(t, someLane({ edge_id, site_id: SITE, last_heard_at_ms: api.now }));
const register = (id: string) => api.data('Mutation.registerEdge', { id, site_id: SITE });

describe('a silent edge', () => {
  it('raises an alarm after its last report and clears it at the next one, with one event each', async () => {
    await register('edge-7');
    await hear('edge-7');
    const heard = api.now;
    api.now += 301_000;
    await Promise.all([watch(context), watch(context)]);
    expect(await api.data('Query.alarms')).toEqual({
      items: [
        {
          id: 'EDGE_SILENT#edge-7',
          kind: 'EDGE_SILENT',
          severity: 'CRITICAL',
          since: new Date(heard + 1).toISOString(),
          title: 'Edge edge-7 is silent.',
          target_name: null,
          target: 'edge:edge-7',
          site_id: SITE,
          acknowledged_by: null,
          acknowledged_at: null,
          acknowledged_until: null,
          note: null,
          muted_until: null,
        },
      ],
      total: 1,
      next_token: null,
    });
    api.now += 1;
    await hear('edge-7');
    await Promise.all([watch(context), watch(context)]);
    expect(await alarms()).toEqual([]);
    expect(await types()).toEqual(['EDGE_REGISTERED', 'EDGE_SILENT', 'EDGE_BACK']);
  });

  it('causes no write while nothing changes', async () => {
    await register('edge-7');
    await hear('edge-7');
    api.now += 301_000;
    await watch(context);
    writes = [];
    api.now += 60_000;
    expect(await watch(context)).toEqual({ begun: 0, ended: 0, exports_told: 0, complete: true });
    expect(writes).toEqual([]);
  });

  it('has no alarm after its retirement, and no event of a return', async () => {
    await register('edge-7');
    api.now += 301_000;
    await watch(context);
    expect(await alarms()).toHaveLength(1);
    api.now += 1;
    await api.data('Mutation.retireEdge', { id: 'edge-7' });
    api.now += 1;
    await watch(context);
    expect(await alarms()).toEqual([]);
    expect(await types()).toEqual(['EDGE_REGISTERED', 'EDGE_SILENT', 'EDGE_RETIRED', 'ALARM_ENDED']);
  });

  it('is found by the next run if one run exceeds its time', async () => {
    await register('edge-7');
    api.now += 301_000;
    expect(await watch({ ...context, deadline: api.now })).toMatchObject({
      begun: 0,
      complete: false,
    });
    expect(await watch(context)).toMatchObject({ begun: 1, complete: true });
  });
});

describe('a path', () => {
  const measure = (packet_loss_pct: number, known?: Followed) => {
    api.now += 1000;
    const metrics = { latency_ms: 10, jitter_ms: 1, packet_loss_pct, bandwidth_mbps: 100 };
    const measured_at = new Date(api.now).toISOString();
    const told_by = { edge_id: 'edge-7', part: 0 };
    const source = `edge-7 ${measured_at}`;
    return followPathMetrics(context, {
      path_id: PATH,
      metrics: { ...metrics, measured_at },
      told_by,
      source,
      known,
    });
  };

  it('raises one alarm while it is degraded or failed', async () => {
    await measure(0);
    expect(await alarms()).toEqual([]);
    await measure(2);
    expect(await alarms()).toMatchObject([
      { id: `PATH#${PATH}`, kind: 'PATH_DEGRADED', since: new Date(api.now).toISOString(), site_id: SITE },
    ]);
    await measure(20);
    expect(await alarms()).toMatchObject([{ id: `PATH#${PATH}`, kind: 'PATH_FAILED' }]);
    await measure(0);
    api.now += 5 * 60_000 - 2000;
    await measure(0);
    expect(await alarms()).toMatchObject([{ id: `PATH#${PATH}`, kind: 'PATH_FAILED' }]);
    await measure(0);
    expect(await alarms()).toEqual([]);
    expect(await types()).toEqual(['PATH_DEGRADED', 'PATH_FAILED', 'PATH_RECOVERED']);
  });

  it('that an earlier release stored as failed gets its alarm with the next measurement', async () => {
    await measure(20);
    const pk = `PATH#${PATH}`;
    const { Item } = await t.client.send(
      new (await import('@aws-sdk/lib-dynamodb')).GetCommand({
        TableName: t.tables.traffic,
        Key: { pk, sk: 'METRICS' },
      }),
    );
    const { alarm: _, ...old } = Item!;
    await t.client.send(new PutCommand({ TableName: t.tables.traffic, Item: old }));
    await measure(20);
    expect(await alarms()).toMatchObject([{ kind: 'PATH_FAILED' }]);
  });

  it('without measurements has no alarm, and gets one again later', async () => {
    await measure(20);
    api.now += 14 * 60_000;
    await watch(context);
    expect(await alarms()).toHaveLength(1);
    api.now += 2 * 60_000;
    await watch(context);
    expect(await alarms()).toEqual([]);
    await measure(0);
    expect(await alarms()).toEqual([]);
    await measure(20);
    expect(await alarms()).toHaveLength(1);
    expect(await types()).toEqual(['PATH_FAILED', 'PATH_UNMEASURED', 'PATH_FAILED']);
  });

  it('without measurements stays without an alarm at its next good one, also for a function that remembers it', async () => {
    const kept = await measure(20);
    api.now += 16 * 60_000;
    await watch(context);
    await measure(0, kept!.followed);
    expect(await alarms()).toEqual([]);
    expect(await types()).toEqual(['PATH_FAILED', 'PATH_UNMEASURED']);
  });
});

describe('the quarantine', () => {
  const put = (reason: string, partition_key: string, minutes_ago: number) => {
    const arrived_at = new Date(api.now - minutes_ago * 60_000).toISOString();
    const Item = {
      pk: 'QUARANTINE#03',
      sk: `${arrived_at}#shard#${partition_key}`,
      reason,
      message: 'm',
      partition_key,
      shard_id: 'shard',
      sequence_number: '1',
      arrived_at,
      data: new Uint8Array([1]),
      size: 1,
    };
    return t.client.send(new PutCommand({ TableName: t.tables.traffic, Item }));
  };

  it('raises an alarm for each reason, and one for each known edge with rejected reports, for an hour', async () => {
    await register('edge-7');
    await hear('edge-7');
    await put('not_json', 'anything', 50);
    await put('not_json', 'else', 3);
    await put('unsigned', 'edge-7', 2);
    await put('unsigned', 'nobody', 1);
    await put('bad_gzip', 'old', 61);
    await watch(context);
    expect((await alarms()).map(({ id }) => id)).toEqual([
      'REPORTS_REFUSED#edge-7',
      'QUARANTINE#unsigned',
      'QUARANTINE#not_json',
    ]);
    api.now += 60 * 60_000;
    await hear('edge-7');
    await watch(context);
    expect(await alarms()).toEqual([]);
  });
});

describe('a running operation', () => {
  it('without progress for ten minutes raises an alarm', async () => {
    const begun = { audit_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', started_ms: api.now };
    const operation = newOperation(begun, {
      kind: 'DELETE_SITE',
      site_id: SITE,
      life: 1,
      actor: systemCaller('test'),
      endpoints: 0,
      seq: 1,
    });
    const Item = runningItem(operation);
    await t.client.send(new PutCommand({ TableName: t.tables.network, Item }));
    await watch(context);
    expect(await alarms()).toEqual([]);
    api.now += 600_000;
    await watch(context);
    expect(await alarms()).toMatchObject([
      {
        kind: 'WORK_STUCK',
        title: 'The deletion of a site has made no progress for ten minutes. The log of cleanup shows why.',
        site_id: SITE,
      },
    ]);
  });

  it.each([
    ['DONE', ['EXPORT_DONE']],
    ['FAILED', ['EXPORT_FAILED']],
    ['CANCELLED', []],
    ['RUNNING', []],
  ] as const)('an export that is %s is reported once', async (status, expected) => {
    const job = {
      export_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      request: { kind: 'AUDIT', format: 'csv', from: 0, to: 1, as_of: 1 } as never,
      owner: systemCaller('test'),
      status: EXPORT_STATUS[status.toLowerCase() as 'done'],
      file_name: 'audit.csv',
      named_columns: true,
      object_key: 'k',
      started_ms: api.now,
      finished_ms: status === 'RUNNING' ? undefined : api.now,
      expires_at: api.now / 1000 + 1000,
      share: 1,
      rows: 0,
      bytes: 0,
      lease_until_ms: api.now + 60_000,
      tries: 0,
      checkpoint: NOTHING_WRITTEN,
    };
    await t.client.send(new PutCommand({ TableName: t.tables.traffic, Item: exportItem(job) }));
    await Promise.all([watch(context), watch(context)]);
    await watch(context);
    expect(await types()).toEqual(expected);
  });
});

describe('alarms', () => {
  const put = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, number) => {
        const since = new Date(api.now - number * 1000).toISOString();
        const kind = number % 2 === 0 ? ('EDGE_SILENT' as const) : ('CLOCK_SKEW' as const);
        const id = `${kind}#e${number}`;
        const alarm = {
          id,
          kind,
          since,
          target: `edge:e${number}`,
          site_id: null,
          title: 't',
          acknowledged: null,
        };
        return t.client.send(new PutCommand({ TableName: t.tables.traffic, Item: alarmItem(alarm) }));
      }),
    );

  it('are ordered by severity, then the newest first, in pages', async () => {
    await put(7);
    const pages: string[][] = [];
    for (let next_token: string | null = null; ; ) {
      const page = await api.data('Query.alarms', { limit: 3, next_token });
      expect(page.total).toBe(7);
      pages.push(page.items.map(({ id }: { id: string }) => id.split('#')[1]));
      next_token = page.next_token;
      if (next_token === null) break;
    }
    expect(pages).toEqual([['e0', 'e2', 'e4'], ['e6', 'e1', 'e3'], ['e5']]);
  });

  it('are read from 16 partitions, at most 64 from each; the total is the last count', async () => {
    await put(1300);
    await t.client.send(
      new PutCommand({ TableName: t.tables.traffic, Item: { pk: 'ALARMS', sk: 'TOTAL', total: 1300 } }),
    );
    const limits: unknown[] = [];
    t.client.middlewareStack.add(
      next => args => {
        const { Limit } = args.input as { Limit?: number };
        limits.push(Limit);
        return next(args) as Promise<{ output: QueryCommandOutput; response: unknown }>;
      },
      { step: 'initialize' },
    );
    const { total, items } = await api.data('Query.alarms', { limit: 100 });
    expect(total).toBe(1300);
    expect(items).toHaveLength(100);
    // The total and the mutes are small reads next to them.
    expect(limits).toEqual([...Array.from({ length: 16 }, () => 64), undefined, undefined]);
  });
});

describe('acknowledgeAlarm', () => {
  const operator = { identity: personIn('operator') };
  const silent = async () => {
    await register('edge-7');
    api.now += 301_000;
    await watch(context);
    return { id: 'EDGE_SILENT#edge-7' };
  };

  it('lasts until the alarm clears, and is in the audit log', async () => {
    const { id } = await silent();
    const known = await api.data('Mutation.acknowledgeAlarm', { id, note: ' On it. ' }, operator);
    expect(known).toMatchObject({
      id,
      note: 'On it.',
      acknowledged_by: { sub: 'sub-of-operator', email: null, source_ip: null },
      acknowledged_at: new Date(api.now).toISOString(),
      acknowledged_until: null,
    });
    expect(await alarms()).toEqual([known]);
    expect((await api.data('Query.auditLog', { target: `alarm:${id}` })).items).toMatchObject([
      { operation: 'acknowledgeAlarm', outcome: 'DONE', actor: { email: 'operator@example.com' } },
    ]);
    await hear('edge-7');
    await watch(context);
    api.now += 301_000;
    await watch(context);
    expect(await alarms()).toMatchObject([{ id, note: null, acknowledged_by: null }]);
  });

  it('lasts until a time', async () => {
    const { id } = await silent();
    const until = new Date(api.now + 60_000).toISOString();
    await api.data('Mutation.acknowledgeAlarm', { id, until }, operator);
    expect(await alarms()).toMatchObject([{ acknowledged_until: until }]);
    api.now += 60_000;
    expect(await alarms()).toMatchObject([{ acknowledged_by: null, acknowledged_until: null }]);
  });

  it('is undone while it is the same alarm', async () => {
    const { id } = await silent();
    await api.data('Mutation.acknowledgeAlarm', { id, note: 'One.' }, operator);
    api.now += 1;
    await api.data('Mutation.acknowledgeAlarm', { id, note: 'Two.' }, operator);
    const [second, first] = (await api.data('Query.auditLog', { target: `alarm:${id}` })).items;
    expect(await api.call('Mutation.undo', { audit_id: first.id }, operator)).toEqual({
      error: { type: 'Conflict', message: `The alarm ${id} was acknowledged again since. Undo that first.` },
    });
    await api.data('Mutation.undo', { audit_id: second.id }, operator);
    expect(await alarms()).toMatchObject([{ note: 'One.' }]);
    await hear('edge-7');
    await watch(context);
    expect(await api.call('Mutation.undo', { audit_id: first.id }, operator)).toEqual({
      error: {
        type: 'Conflict',
        message: `Alarm "${id}" does not exist, or has ended: the query alarms lists the present alarms.`,
      },
    });
  });

  it.each([
    [
      { id: 'EDGE_SILENT#nobody' },
      'NotFound',
      'Alarm "EDGE_SILENT#nobody" does not exist, or has ended: the query alarms lists the present alarms.',
    ],
    [
      { id: 'a', until: '2026-03-01T00:00:00Z' },
      'ValidationError',
      'until must be a time in the next 366 days: leave it out to acknowledge the alarm until it ends.',
    ],
    [
      { id: 'a', note: 'x'.repeat(501) },
      'ValidationError',
      'note must be 1 to 500 characters on one line, without control characters.',
    ],
  ])('rejects %j', async (args, type, message) => {
    expect(await api.call('Mutation.acknowledgeAlarm', args, operator)).toEqual({ error: { type, message } });
  });
});
