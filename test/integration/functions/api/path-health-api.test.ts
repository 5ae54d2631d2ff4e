import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { registerEdge } from '../../../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import { writePathMetrics } from '../../../../core/routing/metrics/path-metrics-store.ts';
import type { StoreContext } from '../../../../core/storage/store-context.ts';
import type { ApiIdentity } from '../../../../functions/api/api-event.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { orderAllRoutes } from '../../../support/order-routes.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const actor = systemCaller('test');

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;
/** The action while the mutation waits. */
let meanwhile: () => Promise<void>;

beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());
beforeEach(() => {
  meanwhile = async () => {};
  context = {
    client: t.client,
    tables: t.tables,
    clock: () => api.now,
    async sleep(ms) {
      api.now += ms;
      await meanwhile();
    },
    random: () => 0,
    deadline: Number.POSITIVE_INFINITY,
  };
  api = makeApi(t, { context });
});

function edgeIdentity(edge_id: string): ApiIdentity {
  return {
    userArn: `arn:aws:sts::123456789012:assumed-role/patronus-edge/${edge_id}`,
    username: `AROA:${edge_id}`,
    sourceIp: ['192.0.2.7'],
  };
}

async function onePath({ edges = true } = {}) {
  const [a, b] = [
    await createSite(context, actor, { name: 'A' }),
    await createSite(context, actor, { name: 'B' }),
  ];
  for (const [site, address] of [
    [a, '192.0.2.1'],
    [b, '198.51.100.2:4791'],
  ] as const) {
    await addEndpoint(context, actor, {
      site_id: site.id,
      endpoint_id: 'wan1',
      address,
      interface_type: 'FIBER',
    });
  }
  const path = await createPath(context, actor, {
    source_site_id: a.id,
    source_endpoint_id: 'wan1',
    destination_site_id: b.id,
    destination_endpoint_id: 'wan1',
  });
  const edge_id = `edge-${a.id}`;
  if (edges) {
    await registerEdge(context, actor, { id: edge_id, site_id: a.id });
    await registerEdge(context, actor, { id: `edge-${b.id}`, site_id: b.id });
  }
  await writePathMetrics(context, {
    path_id: path.id,
    metrics: {
      latency_ms: 90,
      jitter_ms: 2,
      packet_loss_pct: 1,
      bandwidth_mbps: 940,
      measured_at: new Date(api.now - 60_000).toISOString(),
    },
  });
  return { path, edge_id, by: { identity: edgeIdentity(edge_id) } };
}

/** The answer of an edge to a probe; its clock is `skew` ms ahead. */
function probeAnswer(
  edge_id: string,
  command_id: string,
  { skew = 0, received = 20, latency_ms = 12.5 } = {},
): object {
  const measured_at = new Date(api.now + skew).toISOString();
  return {
    edge_id,
    command_id,
    method: 'UDP_ECHO',
    sent: 20,
    received,
    latency_ms,
    jitter_ms: 0.5,
    measured_at,
  };
}

describe('checkPathHealth', () => {
  it('returns the new measurement by the edge at the source', async () => {
    const { path, edge_id, by } = await onePath();
    meanwhile = async () => {
      const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
      if (!command) return;
      expect(command).toMatchObject({ edge_id, type: 'PROBE' });
      expect(JSON.parse(command.data)).toEqual({
        path_id: path.id,
        target: '198.51.100.2:4791',
        until: '2026-03-15T12:00:10.000Z',
        within_ms: 9750,
      });
      const answer = {
        edge_id,
        command_id: command.id,
        method: 'UDP_ECHO',
        sent: 20,
        received: 19,
        latency_ms: 12.5,
        jitter_ms: 0.5,
        measured_at: new Date(api.now).toISOString(),
      };
      expect(await api.data('Mutation.reportProbe', answer, by)).toBe(true);
    };
    const checked = await api.data(
      'Mutation.checkPathHealth',
      { path_id: path.id },
      { identity: personIn('operator') },
    );
    expect(checked).toEqual({
      ...path,
      metrics: {
        latency_ms: 12.5,
        jitter_ms: 0.5,
        // One of 20, with the 1 % of before for the 80 packets that are missing.
        packet_loss_pct: 1.8,
        bandwidth_mbps: 940,
        mtu: null,
        score: expect.closeTo(69.74, 2),
        settled_score: expect.closeTo(69.74, 2),
        measured_at: '2026-03-15T12:00:00.250Z',
        age_seconds: 0,
      },
      status: 'DEGRADED',
      out_for: [],
      maintenance: null,
      probe: {
        fresh: true,
        reason: `Edge ${edge_id} measured it now: 19 of 20 UDP echoes were answered.`,
      },
      policies: null,
      traffic: null,
    });
    expect(await api.data('Query.pendingCommands', { edge_id }, by)).toEqual([]);
    const { items } = await api.data('Query.auditLog', { target: `path:${path.id}` });
    // Both at the same time of this clock, so their order is undefined.
    expect(items.map((entry: { operation: string }) => entry.operation).sort()).toEqual([
      'checkPathHealth',
      'createPath',
    ]);
  });

  it('answers within 10 s with the last known metrics, their age and the reason if the edge is away', async () => {
    const { path, edge_id } = await onePath();
    const begun = api.now;
    const checked = await api.data('Mutation.checkPathHealth', { path_id: path.id });
    expect(api.now - begun).toBeLessThanOrEqual(10_000);
    expect(checked).toMatchObject({
      metrics: { latency_ms: 90, age_seconds: 70 },
      status: 'DEGRADED',
      probe: {
        fresh: false,
        reason: `Edge ${edge_id} did not answer within 10 s: check its connection.`,
      },
    });
  });

  it('runs one probe for all simultaneous callers, and audits each of them', async () => {
    const { path, edge_id, by } = await onePath();
    const ordered = new Set<string>();
    let rounds = 0;
    meanwhile = async () => {
      const commands = await api.data('Query.pendingCommands', { edge_id }, by);
      for (const { id } of commands) ordered.add(id);
      if (++rounds < 6 || commands.length === 0) return;
      await api.data('Mutation.reportProbe', probeAnswer(edge_id, commands[0].id), by);
    };
    const ask = () => api.data('Mutation.checkPathHealth', { path_id: path.id });
    const answers = await Promise.all([ask(), ask(), ask()]);
    for (const { probe, metrics } of answers) {
      expect(metrics).toMatchObject({ latency_ms: 12.5 });
      expect(probe).toEqual({
        fresh: true,
        reason: `Edge ${edge_id} measured it now: 20 of 20 UDP echoes were answered.`,
      });
    }
    expect(ordered.size).toBe(1);
    const { items } = await api.data('Query.auditLog', { target: `path:${path.id}` });
    const checks = items.filter(({ operation }: { operation: string }) => operation === 'checkPathHealth');
    expect(checks).toHaveLength(3);
    expect(checks.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['DONE', 'DONE', 'DONE']);
  });

  it('starts another probe after the last one was answered', async () => {
    const { path, edge_id, by } = await onePath();
    const ordered = new Set<string>();
    meanwhile = async () => {
      const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
      if (!command) return;
      ordered.add(command.id);
      await api.data('Mutation.reportProbe', probeAnswer(edge_id, command.id), by);
    };
    for (const _ of [1, 2]) {
      const { probe } = await api.data('Mutation.checkPathHealth', { path_id: path.id });
      expect(probe.fresh).toBe(true);
    }
    expect(ordered.size).toBe(2);
  });

  it('orders its own probe if the one that it joined ends without an answer', async () => {
    const { path, edge_id, by } = await onePath();
    const began = api.now;
    let later: Promise<unknown> | undefined;
    const ordered: string[] = [];
    meanwhile = async () => {
      if (api.now - began > 6000) later ??= api.data('Mutation.checkPathHealth', { path_id: path.id });
      const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
      if (!command || ordered.includes(command.id)) return;
      ordered.push(command.id);
      if (ordered.length === 2) await api.data('Mutation.reportProbe', probeAnswer(edge_id, command.id), by);
    };
    const first = await api.data('Mutation.checkPathHealth', { path_id: path.id });
    expect(first.probe.fresh).toBe(false);
    expect(await later).toMatchObject({ probe: { fresh: true } });
    expect(ordered).toHaveLength(2);
  });

  it.each([-300_000, -30_000, 15_000, 300_000])(
    "is fresh and judged with any offset of the edge's clock: %d ms",
    async skew => {
      const { path, edge_id, by } = await onePath();
      meanwhile = async () => {
        const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
        if (command?.type !== 'PROBE') return;
        const lost = { received: 0, latency_ms: 1000 };
        await api.data('Mutation.reportProbe', probeAnswer(edge_id, command.id, { skew, ...lost }), by);
      };
      expect(await api.data('Mutation.checkPathHealth', { path_id: path.id })).toMatchObject({
        metrics: { packet_loss_pct: 100, measured_at: '2026-03-15T12:00:00.250Z', age_seconds: 0 },
        out_for: ['default'],
        probe: { fresh: true },
      });
    },
  );

  it('ignores the answer of an edge that has moved to another site since the order', async () => {
    const { path, edge_id, by } = await onePath();
    const other = await createSite(context, actor, { name: 'C' });
    meanwhile = async () => {
      const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
      if (!command) return;
      await registerEdge(context, actor, { id: edge_id, site_id: other.id });
      const lost = { received: 0, latency_ms: 1000 };
      await api.data('Mutation.reportProbe', probeAnswer(edge_id, command.id, lost), by);
    };
    expect(await api.data('Mutation.checkPathHealth', { path_id: path.id })).toMatchObject({
      metrics: { latency_ms: 90, packet_loss_pct: 1 },
      out_for: [],
      probe: { fresh: false },
    });
  });

  it('returns the reason why an edge could not measure', async () => {
    const { path, edge_id, by } = await onePath();
    meanwhile = async () => {
      const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
      const answer = { edge_id, command_id: command.id, sent: 0, received: 0, error: 'no route to host' };
      await api.data('Mutation.reportProbe', answer, by);
    };
    expect(await api.data('Mutation.checkPathHealth', { path_id: path.id })).toMatchObject({
      metrics: { latency_ms: 90 },
      probe: { fresh: false, reason: `Edge ${edge_id} could not measure: no route to host` },
    });
  });

  it('reports a path without an edge in service', async () => {
    const { path } = await onePath({ edges: false });
    expect(await api.data('Mutation.checkPathHealth', { path_id: path.id })).toMatchObject({
      metrics: { latency_ms: 90, age_seconds: 60 },
      probe: {
        fresh: false,
        reason: 'No edge is in service at either end of the path: register one, then check again.',
      },
    });
  });

  it('fails over a path if all probes are lost', async () => {
    const { path, edge_id, by } = await onePath();
    meanwhile = async () => {
      const [command] = await api.data('Query.pendingCommands', { edge_id }, by);
      if (command?.type !== 'PROBE') return;
      const lost = { sent: 20, received: 0, latency_ms: 1000, jitter_ms: 0, method: 'UDP_ECHO' };
      const measured_at = new Date(api.now).toISOString();
      await api.data('Mutation.reportProbe', { edge_id, command_id: command.id, measured_at, ...lost }, by);
    };
    expect(await api.data('Mutation.checkPathHealth', { path_id: path.id })).toMatchObject({
      metrics: { packet_loss_pct: 100, score: 0 },
      status: 'FAILED',
      out_for: ['default'],
    });
    await orderAllRoutes(context);
    const [routes] = await api.data('Query.pendingCommands', { edge_id }, by);
    expect(routes).toMatchObject({ type: 'ROUTES' });
    expect(await api.data('Mutation.acknowledgeCommand', { edge_id, command_id: routes.id }, by)).toBe(true);
    expect(await api.data('Mutation.acknowledgeCommand', { edge_id, command_id: routes.id }, by)).toBe(false);
  });
});

describe('an edge', () => {
  it('is notified of newer policies than it applies, after any absence', async () => {
    const { edge_id, by } = await onePath();
    const ask = (policies_version?: string) =>
      api.data('Query.pendingCommands', { edge_id, policies_version }, by);
    expect(await ask('0')).toEqual([]);
    await api.data('Mutation.createPolicy', { name: 'Voice', priority: 10 });
    expect(await ask('0')).toMatchObject([
      { id: 'policies-1', type: 'POLICIES', data: '{"policies_version":"1"}' },
    ]);
    expect(await ask('1')).toEqual([]);
    expect(await ask()).toEqual([]);
  });

  it.each<[string, ApiIdentity]>([
    ['another edge', edgeIdentity('edge-other')],
    ['a machine that is not an edge', machine],
    [
      'a role of the same name',
      { userArn: 'arn:aws:iam::123456789012:role/edge-mine', username: 'x', sourceIp: null },
    ],
  ])('cannot be impersonated: %s may not read, acknowledge or answer for it', async (_who, identity) => {
    const error = {
      type: 'Unauthorized',
      message:
        "Edge edge-mine alone may do this. Sign with the edge's own role, with the edge's id as session name.",
    };
    const command = { edge_id: 'edge-mine', command_id: 'c-1' };
    for (const [operation, args] of [
      ['Query.pendingCommands', { edge_id: 'edge-mine' }],
      ['Mutation.acknowledgeCommand', command],
      ['Mutation.reportProbe', { ...command, sent: 0, received: 0 }],
    ] as const) {
      expect(await api.call(operation, args, { identity })).toEqual({ error });
    }
  });

  it('is not the same as a machine of another role with its session name', async () => {
    const identity = {
      userArn: 'arn:aws:sts::123456789012:assumed-role/grafana/edge-mine',
      username: 'AROA:edge-mine',
      sourceIp: null,
    };
    const error = {
      type: 'Unauthorized',
      message:
        "Role grafana is not one of the edges' roles (*edge*). Sign with an edge's role, or add this one to the setting edge_roles.",
    };
    const command = { edge_id: 'edge-mine', command_id: 'c-1' };
    for (const [operation, args] of [
      ['Query.pendingCommands', { edge_id: 'edge-mine' }],
      ['Query.edgeRoutes', { edge_id: 'edge-mine' }],
      ['Mutation.acknowledgeCommand', command],
      ['Mutation.reportProbe', { ...command, sent: 0, received: 0 }],
    ] as const) {
      expect(await api.call(operation, args, { identity })).toEqual({ error });
    }
  });

  it.each([
    [
      { sent: 5, received: 6, latency_ms: 1, jitter_ms: 0, measured_at: '2026-03-15T12:00:00Z' },
      'received must not be above sent.',
    ],
    [{ sent: 5, received: 5 }, 'If probes were sent, latency_ms, jitter_ms and measured_at are required.'],
    [
      { sent: 20_000, received: 0, latency_ms: 1, jitter_ms: 0, measured_at: '2026-03-15T12:00:00Z' },
      'sent must be a number of probes from 0 to 10000.',
    ],
    [
      { sent: 1, received: 1, latency_ms: -1, jitter_ms: 0, measured_at: '2026-03-15T12:00:00Z' },
      'latency_ms must be a number of milliseconds from 0 to 60000.',
    ],
  ])('cannot send an answer of %o', async (answer, message) => {
    const { edge_id, by } = await onePath();
    const args = { edge_id, command_id: 'c-1', ...answer };
    expect(await api.call('Mutation.reportProbe', args, by)).toEqual({
      error: { type: 'ValidationError', message },
    });
  });

  it('cannot answer a probe that was not ordered', async () => {
    const { edge_id, by } = await onePath();
    const args = { edge_id, command_id: 'c-1', sent: 0, received: 0 };
    expect(await api.call('Mutation.reportProbe', args, by)).toEqual({
      error: {
        type: 'NotFound',
        message: `Edge ${edge_id} has no probe c-1 to answer: it was answered or has expired.`,
      },
    });
  });
});

describe('the status of a path', () => {
  it('is out of service while all policies have left it, even if it is healthy again', async () => {
    const { path, edge_id, by } = await onePath();
    const answers = [{ received: 0, latency_ms: 1000 }, {}, {}];
    meanwhile = async () => {
      const commands = await api.data('Query.pendingCommands', { edge_id }, by);
      const command = commands.find(({ type }: { type: string }) => type === 'PROBE');
      if (command)
        await api.data('Mutation.reportProbe', probeAnswer(edge_id, command.id, answers.shift()), by);
    };
    const check = () => api.data('Mutation.checkPathHealth', { path_id: path.id });
    expect(await check()).toMatchObject({ status: 'FAILED', out_for: expect.arrayContaining(['default']) });
    const good = {
      metrics: { score: expect.closeTo(99.8, 1) },
      status: 'OUT',
      out_for: expect.arrayContaining(['default']),
    };
    expect(await check()).toMatchObject(good);
    const { items } = await api.data('Query.paths', { site_id: path.source_site_id });
    expect(items).toMatchObject([good]);
    // Another policy still uses it.
    const policy = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 10 });
    expect(await check()).toMatchObject({ ...good, status: 'OPTIMAL' });
    await api.data('Mutation.deletePolicy', { id: policy.id });
  });
});
