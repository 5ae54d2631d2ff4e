import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { addSetting } from '../../../core/alarms/settings/change-settings.ts';
import type { ThresholdState } from '../../../core/alarms/thresholds/judge-threshold.ts';
import { THRESHOLD, THRESHOLDS_MAX } from '../../../core/alarms/thresholds/threshold.ts';
import { keepStates, readStates } from '../../../core/alarms/thresholds/threshold-states.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { noPathCounts } from '../../../core/totals/path-counts.ts';
import { watchNetwork } from '../../../core/watch/watch-network.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { makeFaults } from '../../support/faults.ts';
import { itemBytes } from '../../support/item-bytes.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import { storeContext } from '../../support/store-context.ts';
import { putLane, someLane } from '../../support/stored-lane.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const MINUTE_MS = 60_000;

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
  context = storeContext(t, () => api.now);
  await api.data('Mutation.registerEdge', { id: 'edge-7', site_id: SITE });
  await putLane(t, someLane({ edge_id: 'edge-7', site_id: SITE, last_heard_at_ms: api.now }));
  return () => t.drop();
});

interface Events {
  items: { type: string }[];
}

const silence = (given: object = {}) =>
  api.data('Mutation.setThreshold', {
    ...{ name: 'Quiet', scope: 'EDGE', target_id: 'edge-7', metric: 'SILENCE_MINUTES' },
    ...{ direction: 'ABOVE', value: 2, minutes: 2, ...given },
  }) as Promise<{ id: string; updated_at: string }>;

const alarms = async () => {
  const { items } = (await api.data('Query.alarms')) as { items: { id: string; kind: string }[] };
  return items.filter(({ kind }) => kind === 'THRESHOLD');
};
const watch = (given: object = {}) => asFunction('cleanup', () => watchNetwork({ ...context, ...given }));
const minute = async () => {
  api.now += MINUTE_MS;
  await watch();
};
const list = async () => (await api.data('Query.thresholds')) as { items: object[]; total: number };
const refused = async (given: object) => {
  const input = {
    ...{ name: 'Quiet', scope: 'EDGE', target_id: 'edge-7', metric: 'SILENCE_MINUTES' },
    ...{ direction: 'ABOVE', value: 2, minutes: 2, ...given },
  };
  return ((await api.call('Mutation.setThreshold', input)) as { error: object }).error;
};

describe('a threshold on silence', () => {
  it('raises an alarm after its minutes, until the edge reports', async () => {
    const { id } = await silence();
    for (let minutes = 1; minutes <= 3; minutes++) await minute();
    expect(await alarms()).toEqual([]);
    expect(await list()).toMatchObject({ items: [{ status: 'BEYOND', current_value: 3 }], total: 1 });
    await minute();
    expect(await alarms()).toEqual([
      {
        id: `THRESHOLD#${id}`,
        kind: 'THRESHOLD',
        severity: 'WARNING',
        since: new Date(Math.floor((api.now - MINUTE_MS) / MINUTE_MS) * MINUTE_MS).toISOString(),
        title: 'Quiet: the silence of edge edge-7 is above 2 minutes for 2 minutes.',
        target: 'edge:edge-7',
        target_name: null,
        site_id: null,
        acknowledged_by: null,
        acknowledged_at: null,
        acknowledged_until: null,
        note: null,
        muted_until: null,
      },
    ]);
    expect(await list()).toMatchObject({ items: [{ status: 'RAISED' }] });
    await putLane(t, someLane({ edge_id: 'edge-7', site_id: SITE, last_heard_at_ms: api.now }));
    await minute();
    expect(await alarms()).toEqual([]);
    expect(await list()).toMatchObject({ items: [{ status: 'WITHIN', current_value: 1, since: null }] });
  });

  it('is evaluated once a minute if it runs more often, and a missed minute does not count', async () => {
    await silence({ value: 0.5, minutes: 3 });
    await minute();
    await Promise.all([watch(), watch(), watch()]);
    await watch({ scheduled_at: api.now - MINUTE_MS });
    api.now += 10 * MINUTE_MS;
    await Promise.all([watch(), watch()]);
    expect(await alarms()).toEqual([]);
    await Promise.all([minute(), watch()]);
    expect(await alarms()).toHaveLength(1);
  });

  it('raises and clears its alarm once if a run is killed after any of its writes', async () => {
    const faults = makeFaults();
    const killed = { ...context, client: faults.on(t.client) };
    const isWrite = (name: string) => /Put|Transact/.test(name);
    const heard = (edge_id: string, at_ms: number) =>
      putLane(t, someLane({ edge_id, site_id: SITE, last_heard_at_ms: at_ms }));
    const crossings = async () =>
      ((await api.data('Query.events', { from: '2026-03-01T00:00:00Z', limit: 100 })) as Events).items
        .map(({ type }) => type)
        .filter(type => /^THRESHOLD_C/.test(type));
    await silence({ value: 0.5, minutes: 1 });
    // The writing calls of a run that raises it are the states and the alarm.
    const raised = async (fault?: Parameters<typeof faults.arm>[0]) => {
      api.now += MINUTE_MS;
      faults.arm(fault);
      await asFunction('cleanup', () => watchNetwork(killed)).catch(() => {});
      // The edge reports before the next run: the due alarm is still published.
      await heard('edge-7', api.now + MINUTE_MS);
      await minute();
      // Removes ended alarms, so that each run makes the same calls.
      await watch();
    };
    await raised();
    const writes = faults.calls.flatMap((name, at) => (isWrite(name) ? [at] : []));
    expect(writes.length).toBeGreaterThanOrEqual(2);
    for (const at of writes) await raised({ fault: 'killed after', at });
    const all = await crossings();
    const numbers = ['THRESHOLD_CROSSED', 'THRESHOLD_CLEARED'].map(
      type => all.filter(each => each === type).length,
    );
    expect(numbers).toEqual([writes.length + 1, writes.length + 1]);
  });

  it('starts again when it is changed, and clears its alarm when it is removed', async () => {
    const { id } = await silence({ value: 0.5, minutes: 2 });
    await minute();
    await minute();
    expect(await alarms()).toHaveLength(1);
    const changed = await api.data('Mutation.updateThreshold', { id, value: 0.7 });
    expect(changed).toMatchObject({ value: 0.7, clear_value: 0.7, minutes: 2, status: 'UNKNOWN' });
    await minute();
    expect(await alarms()).toEqual([]);
    await minute();
    expect(await alarms()).toHaveLength(1);
    await api.data('Mutation.removeThreshold', { id });
    await minute();
    expect(await alarms()).toEqual([]);
    expect(await list()).toEqual({ items: [], total: 0, next_token: null });
  });
});

describe('changes of thresholds', () => {
  it.each([
    [
      { scope: 'SITE' },
      'metric of a SITE must be one of BITS_PER_SECOND, PACKETS_PER_SECOND, COMPLETENESS_PCT.',
    ],
    [{ direction: 'BELOW' }, 'direction of SILENCE_MINUTES must be ABOVE.'],
    [{ value: -1 }, 'value must be a number from 0 to 10,080 (minutes).'],
    [{ clear_value: 3 }, 'clear_value must be value or less: the alarm ends when the figure has reached it.'],
    [{ minutes: 0 }, 'minutes must be a whole number from 1 to 1440.'],
    [{ minutes: 1441 }, 'minutes must be a whole number from 1 to 1440.'],
    [{ name: ' ' }, 'name must be 1 to 80 characters on one line, without control characters.'],
    [{ name: 'n'.repeat(81) }, 'name must be 1 to 80 characters on one line, without control characters.'],
  ])('%j is rejected', async (given, message) => {
    expect(await refused(given)).toEqual({ type: 'ValidationError', message });
  });

  it('need an existing target', async () => {
    expect(await refused({ target_id: 'edge-8' })).toEqual({
      type: 'NotFound',
      message: 'No edge "edge-8" is registered: the query edges lists those that are.',
    });
  });

  it('are rejected if the threshold has changed since it was read', async () => {
    const { id, updated_at } = await silence();
    api.now += 1000;
    await api.data('Mutation.updateThreshold', { id, minutes: 5, if_updated_at: updated_at });
    const again = await api.call('Mutation.updateThreshold', { id, minutes: 6, if_updated_at: updated_at });
    expect(again).toMatchObject({ error: { type: 'Conflict' } });
  });

  it('are undone', async () => {
    const undo = async (operation: string) => {
      const { items } = (await api.data('Query.auditLog', { action: operation })) as {
        items: { id: string }[];
      };
      await api.data('Mutation.undo', { audit_id: items.at(0)!.id });
    };
    const { id } = await silence();
    api.now += 1000;
    await api.data('Mutation.updateThreshold', { id, minutes: 5 });
    api.now += 1000;
    await undo('updateThreshold');
    expect(await list()).toMatchObject({ items: [{ minutes: 2 }] });
    api.now += 1000;
    await api.data('Mutation.removeThreshold', { id });
    await undo('removeThreshold');
    expect(await list()).toMatchObject({ items: [{ id, minutes: 2 }], total: 1 });
  });

  it('are for operators only', async () => {
    const viewer = { identity: personIn('viewer') };
    const answer = await api.call('Mutation.removeThreshold', { id: '01J' }, viewer);
    expect(answer).toMatchObject({ error: { type: 'Unauthorized' } });
  });
});

it("reads for a path's traffic the counts of its edge in the last minute and a half", async () => {
  const path_id = `${SITE}.0123456789abcdef`;
  const begun = api.now;
  // 1,000 bytes a second out, 250 in.
  const report = async (minutes: number) => {
    api.now = begun + minutes * MINUTE_MS;
    const at = api.now;
    const [tx_bytes, rx_bytes] = [BigInt(minutes) * 60_000n, BigInt(minutes) * 15_000n];
    const current = { tx_packets: 1n, tx_bytes, rx_packets: 1n, rx_bytes };
    const reading = {
      ...{ measured_at_ms: at, told_at_ms: at, latency_ms: 10, jitter_ms: 1, packet_loss_pct: 0 },
      bandwidth_mbps: 100,
    };
    const paths = new Map([[path_id, { path_id, current, earlier: noPathCounts(), reading }]]);
    await putLane(t, someLane({ edge_id: 'edge-7', site_id: SITE, last_heard_at_ms: at, paths }));
    await snapshotAt(t, at, ['edge-7']);
  };
  const given = { scope: 'PATH', target_id: path_id, direction: 'ABOVE', minutes: 1 };
  // The path itself is not needed: its threshold remains after its deletion.
  const actor = systemCaller('test');
  for (const metric of ['TX_BITS_PER_SECOND', 'RX_BITS_PER_SECOND', 'BITS_PER_SECOND'] as const) {
    await addSetting(context, THRESHOLD, {
      ...{ actor, operation: 'setThreshold' },
      given: { ...given, name: metric, metric, value: 7999, clear_value: 7999 } as never,
    });
  }
  for (const minutes of [1, 2, 3, 4]) await report(minutes);
  await watch();
  const items = (await list()).items as { name: string; current_value: number; status: string }[];
  const shown = items.map(({ name, current_value, status }) => [name, current_value, status]);
  expect(shown.sort()).toEqual([
    ['BITS_PER_SECOND', 10_000, 'RAISED'],
    ['RX_BITS_PER_SECOND', 2000, 'WITHIN'],
    ['TX_BITS_PER_SECOND', 8000, 'RAISED'],
  ]);
});

it('stores the states of 500 thresholds at a write unit for each kilobyte', async () => {
  const state: ThresholdState = {
    ...{ revision: '2026-03-15T12:00:00.000Z', value: 1_234_567_890, count: 1440 },
    ...{ since_ms: 1_773_576_000_000, unknown_since_ms: null },
  };
  const ids = Array.from({ length: THRESHOLDS_MAX }, (_, index) => `01JQ3W8Z6M5T4K2N1P0RXY${1000 + index}`);
  const states = new Map(ids.map(id => [id, state]));
  await keepStates(context, undefined, { minute_ms: 0, states });
  expect((await readStates(context))!.states).toEqual(states);
  const Key = { pk: 'THRESHOLDS', sk: 'STATES' };
  const { Item } = await t.client.send(new GetCommand({ TableName: t.tables.traffic, Key }));
  expect(Math.ceil(itemBytes(Item!) / 1024)).toBe(57);
});
