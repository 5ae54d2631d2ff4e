import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runFlowLog } from '../../../../core/flows/run-flow-log.ts';
import { ingest } from '../../../../core/ingest/ingest.ts';
import type { FlowRecord } from '../../../../core/totals/flow-record.ts';
import { limitFlows } from '../../../../core/totals/other-flows.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { type FlowBucket, makeFlowBucket } from '../../../support/flow-bucket.ts';
import { makeFlow } from '../../../support/flow-records.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { type ReportSketch, reportRecord, T0 } from '../../../support/report-records.ts';
import { asFunction } from '../../../support/rights/as-function.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const SITE_A = '550e8400-e29b-41d4-a716-446655440000';
const SITE_B = '550e8400-e29b-41d4-a716-446655440001';
const MINUTE = 60_000;

const iso = (ms: number) => new Date(ms).toISOString();
const hour = { from: iso(T0 - 30 * MINUTE), to: iso(T0 + 30 * MINUTE) };

describe('the flow log, from the stream to the API', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let bucket: FlowBucket;

  beforeAll(async () => {
    db = await createTables();
    bucket = await makeFlowBucket();
  });

  afterAll(async () => {
    await bucket.close();
    await db.drop();
  });

  beforeEach(() => {
    api = makeApi(db, { flow_objects: bucket.objects });
    api.now = T0 + MINUTE;
  });

  async function report(sketch: ReportSketch, options: { mask?: boolean } = {}): Promise<void> {
    const open = await ingest(
      [reportRecord(sketch, { arrived_ms: sketch.sent_ms ?? 0 })],
      ingestContext({ ...db, flow_log: bucket.flow_log, flow_log_mask_hosts: options.mask ?? false }),
    );
    expect(open).toEqual([]);
  }

  function snapshot(at: number) {
    return snapshotAt(db, at);
  }

  function sumOf(flows: readonly FlowRecord[], policy_id: string): { packets: bigint; bytes: bigint } {
    const of = flows.filter(flow => flow.policy_id === policy_id);
    return {
      packets: of.reduce((sum, flow) => sum + flow.packets, 0n),
      bytes: of.reduce((sum, flow) => sum + flow.bytes, 0n),
    };
  }

  describe('of two edges at two sites', () => {
    const big = makeFlow({ bytes: 2n ** 60n, packets: 9n });
    const dns = makeFlow({ policy_id: '8', dst: '192.0.2.53', dst_port: 53, protocol: 17, bytes: 70n });
    const v6 = makeFlow({ src: '2001:db8::1', dst: '2001:db8:1::9', bytes: 500n });
    const small = Array.from({ length: 5 }, (_, i) => makeFlow({ src: `10.1.2.${i + 10}`, bytes: 10n }));
    const listed = limitFlows([big, dns, v6, ...small], 3);

    beforeAll(async () => {
      await report({
        flows: listed,
        policies: ['7', '8'].map(policy_id => ({ policy_id, ...sumOf([big, dns, v6, ...small], policy_id) })),
      });
      await report({
        edge_id: 'edge-2',
        site_id: SITE_B,
        sent_ms: 30_000,
        flows: [makeFlow({ bytes: 1000n, packets: 4n })],
        policies: [{ policy_id: '7', packets: 10n, bytes: 3000n }],
      });
      await snapshot(T0 + MINUTE);
    });

    it('returns the largest flows of the window, and all others as a sum', async () => {
      const top = await api.data('Query.topFlows', { limit: 2 });
      expect(top).toMatchObject({
        from: iso(T0 - 4 * MINUTE),
        to: iso(T0 + MINUTE),
        flows: [
          {
            site_id: SITE_A,
            policy_id: '7',
            src: '10.1.2.3',
            dst: '192.0.2.9',
            dst_port: 443,
            protocol: 6,
            application: 'Web',
            bytes_exact: String(2n ** 60n),
            packets: 9,
          },
          { site_id: SITE_B, bytes: 1000 },
        ],
        other: { bytes: 620, packets: 7 },
        total: { bytes_exact: String(2n ** 60n + 1620n), packets: 20 },
        flows_seen: 4,
        reports: 2,
      });
    });

    it('returns those of a site and of a policy', async () => {
      const site = await api.data('Query.topFlows', { site_id: SITE_B });
      const policy = await api.data('Query.topFlows', { policy_id: '8' });
      expect(site.flows.map((flow: { bytes: number }) => flow.bytes)).toEqual([1000]);
      expect(policy.flows.map((flow: { dst: string }) => flow.dst)).toEqual(['192.0.2.53']);
      expect(policy.total.bytes).toBe(70);
    });

    it('returns the flows of a range that match a filter, by packets', async () => {
      const top = await api.data('Query.topFlows', {
        ...hour,
        filter: { applications: ['Web'], not: { srcs: ['2001:db8::/32'] } },
        order_by: 'PACKETS',
        limit: 1,
      });
      expect(top).toMatchObject({
        from: hour.from,
        to: hour.to,
        flows: [{ site_id: SITE_A, packets: 9 }],
        other: { bytes: 1000, packets: 4 },
        flows_seen: 2,
      });
    });

    it('omits flows that were sent before the window', async () => {
      api.now = T0 + MINUTE + 10_000;
      const top = await api.data('Query.topFlows', { window: 1 });
      expect([top.reports, top.total.bytes]).toEqual([1, 1000]);
    });

    it.each([
      [{ address: '192.0.2.53' }, ['192.0.2.53']],
      [{ dst: '192.0.2.0/26', protocol: 17 }, ['192.0.2.53']],
      [{ src: '2001:db8::/48' }, ['2001:db8:1::9']],
      [{ src: '2001:db8:1::/48' }, []],
      [{ port: 53 }, ['192.0.2.53']],
      [{ application: 'Web', edge_id: 'edge-2' }, ['192.0.2.9']],
      [{ policy_id: '7', site_id: SITE_A }, ['192.0.2.9', '2001:db8:1::9', null]],
      [{ endpoint_id: 'wan1', policy_id: '8', port: 443 }, []],
      [{ dsts: ['192.0.2.53', '2001:db8:1::/48'] }, ['192.0.2.53', '2001:db8:1::9']],
      [{ ports: ['50-60', '25'], protocols: [6, 17] }, ['192.0.2.53']],
      [{ site_ids: [SITE_A, SITE_B], not: { applications: ['Web'] } }, ['192.0.2.53']],
      [{ not: { policy_ids: ['7'] } }, ['192.0.2.53']],
      [{ not: { site_ids: [SITE_A] } }, ['192.0.2.9']],
      [{ edge_ids: ['edge-1', 'edge-2'], not: { edge_ids: ['edge-1'] } }, ['192.0.2.9']],
    ])('finds flows by %j', async (filter, destinations) => {
      const { items, next_token } = await api.data('Query.flows', { ...hour, filter });
      expect(items.map((flow: { dst: string | null }) => flow.dst).sort()).toEqual([...destinations].sort());
      expect(next_token).toBeNull();
    });

    it('finds flows by named groups, in their current state', async () => {
      const operator = { identity: personIn('operator') };
      // Before the calls that the later tests look for in the audit log.
      api.now -= 30_000;
      const found = async (filter: object) =>
        (await api.data('Query.flows', { ...hour, filter })).items
          .map(({ dst }: { dst: string }) => dst)
          .sort();
      const group = { name: 'Resolvers', kind: 'NETWORKS', members: ['192.0.2.48/28'] };
      await api.data('Mutation.saveNamedGroup', group, operator);
      await api.data('Mutation.saveNamedGroup', { name: 'Dns', kind: 'PORTS', members: ['53'] }, operator);
      expect(await found({ dsts: ['@resolvers'] })).toEqual(['192.0.2.53']);
      expect(await found({ dsts: ['@Resolvers', '2001:db8:1::9'], not: { ports: ['@Dns'] } })).toEqual([
        '2001:db8:1::9',
      ]);
      await api.data('Mutation.saveNamedGroup', { ...group, members: ['192.0.2.9'] }, operator);
      expect(await found({ dsts: ['@resolvers'], ports: ['443'] })).toEqual(['192.0.2.9', '192.0.2.9']);
      expect(await api.call('Query.flows', { ...hour, filter: { srcs: ['@none'] } })).toEqual({
        error: {
          type: 'NotFound',
          message: 'There is no group "none": the query namedGroups lists those that exist.',
        },
      });
      expect(await api.call('Query.topFlows', { filter: { not: { ports: ['@Resolvers'] } } })).toEqual({
        error: {
          type: 'ValidationError',
          message: 'The group Resolvers is a group of networks: ports accepts groups of ports.',
        },
      });
    });

    it('pages through the same flows in reverse, the oldest report first', async () => {
      const listed = async (order: string | undefined, limit: number) => {
        const items: { id: string; arrived_at: string }[] = [];
        let next_token: string | null = null;
        do {
          const page = await api.data('Query.flows', { ...hour, order, limit, next_token });
          items.push(...page.items);
          next_token = page.next_token;
        } while (next_token !== null);
        return items;
      };
      const oldest = await listed('OLDEST_FIRST', 1);
      expect(oldest).toEqual(await listed('OLDEST_FIRST', 100));
      expect(new Set(oldest.map(({ id }) => id)).size).toBe(5);
      const newest = await listed(undefined, 100);
      const arrivals = (items: { arrived_at: string }[]) => items.map(({ arrived_at }) => arrived_at);
      expect(arrivals(oldest)).toEqual(arrivals(newest).reverse());
      expect(oldest.map(({ id }) => id).sort()).toEqual(newest.map(({ id }) => id).sort());
    });

    it('pages through all flows, each once, newest report first', async () => {
      const seen: { bytes_exact: string }[] = [];
      let next_token: string | null = null;
      do {
        const page = await api.data('Query.flows', { ...hour, limit: 2, next_token });
        seen.push(...page.items);
        next_token = page.next_token;
      } while (next_token !== null);
      expect(seen.map(flow => BigInt(flow.bytes_exact)).sort()).toEqual(
        [2n ** 60n, 1000n, 500n, 70n, 50n].sort(),
      );
      expect(seen[0]).toMatchObject({
        edge_id: 'edge-2',
        site_id: SITE_B,
        sent_at: iso(T0 + 30_000),
        interval_s: 60,
      });
    });

    it('returns traffic by protocol, and the unlogged traffic', async () => {
      const range = { from: iso(T0 - MINUTE), to: iso(T0 + 2 * MINUTE) };
      api.now = T0 + 2 * MINUTE;
      const stats = await api.data('Query.flowStats', { ...range, group_by: ['PROTOCOL'] });
      const counted = await api.data('Query.trafficStats', { ...range, group_by: ['POLICY'] });
      expect(stats).toMatchObject({
        rows: [
          { protocol: 6, application: null, bytes_exact: String(2n ** 60n + 1500n) },
          { protocol: 17, bytes: 70 },
        ],
        other: { bytes: 0 },
        other_rows: 0,
        // 50 bytes of flows that edge-1 did not list, 2,000 that edge-2 counted without a flow.
        unattributed: { packets: 11, bytes: 2050 },
        total: counted.total,
      });
    });

    it('sums flows of a filter by any fields, and returns the remaining counted traffic', async () => {
      const range = { from: iso(T0 - MINUTE), to: iso(T0 + 2 * MINUTE) };
      const operator = { identity: personIn('operator') };
      api.now -= 30_000;
      const lab = { name: 'Lab', kind: 'NETWORKS', members: ['10.1.2.0/24'] };
      await api.data('Mutation.saveNamedGroup', lab, operator);
      await api.data('Mutation.saveNamedGroup', { name: 'Tls', kind: 'PORTS', members: ['443'] }, operator);
      api.now = T0 + 2 * MINUTE;
      const stats = await api.data('Query.flowStats', {
        ...range,
        group_by: ['SITE', 'APPLICATION', 'SOURCE_GROUP', 'PORT_GROUP'],
        flows: { policy_ids: ['7'], not: { srcs: ['2001:db8::/32'] } },
      });
      const row = {
        site_id: SITE_A,
        application: 'Web',
        source_group: 'Lab',
        port_group: 'Tls',
        source: null,
      };
      expect(stats).toMatchObject({
        rows: [
          { ...row, bytes_exact: String(2n ** 60n) },
          { ...row, site_id: SITE_B, bytes: 1000 },
        ],
        unmatched: { bytes: 500 },
        unattributed: { bytes: 2050 },
        total: { bytes_exact: String(2n ** 60n + 3550n) },
      });
      const ports = await api.data('Query.flowStats', {
        ...range,
        group_by: ['PORT', 'SOURCE', 'DESTINATION_GROUP'],
        flows: { site_ids: [SITE_A], protocols: [17] },
      });
      expect(ports.rows).toMatchObject([
        { port: 53, source: '10.1.2.3', destination_group: null, bytes: 70 },
      ]);
      expect(
        await api.call('Query.flowStats', {
          ...range,
          group_by: ['PORT'],
          filter: { site_id: SITE_A },
          flows: {},
        }),
      ).toEqual({
        error: {
          type: 'ValidationError',
          message: 'filter and flows exclude each other: put all conditions in flows.',
        },
      });
    });

    it('returns traffic by application and by network', async () => {
      const range = { from: iso(T0 - MINUTE), to: iso(T0 + 2 * MINUTE), limit: 1 };
      api.now = T0 + 2 * MINUTE;
      const group_by = ['APPLICATION', 'SOURCE_PREFIX', 'DESTINATION_PREFIX'];
      const stats = await api.data('Query.flowStats', { ...range, group_by });
      expect(stats).toMatchObject({
        rows: [
          {
            application: 'Web',
            source_prefix: '10.1.2.0/24',
            destination_prefix: '192.0.2.0/24',
            protocol: null,
          },
        ],
        other: { bytes: 570 },
        other_rows: 2,
      });
    });
  });

  it('keeps networks instead of hosts if configured, and adds up equal flows', async () => {
    const flows = [
      makeFlow({ src: '10.9.8.7', dst: '203.0.113.5', bytes: 10n }),
      makeFlow({ src: '10.9.8.6', dst: '203.0.113.6', bytes: 20n }),
      makeFlow({ src: '2001:db8:1:2ff::1', dst: '203.0.113.6', bytes: 5n }),
    ];
    await report({ edge_id: 'masked', flows }, { mask: true });
    const { items } = await api.data('Query.flows', { ...hour, filter: { edge_id: 'masked' } });
    expect(
      items.map((flow: { src: string; dst: string; bytes: number }) => [flow.src, flow.dst, flow.bytes]),
    ).toEqual([
      ['10.9.8.0', '203.0.113.0', 30],
      ['2001:db8:1:200::', '203.0.113.0', 5],
    ]);
  });

  it('shows no flow past its retention, deleted or not', async () => {
    await report({ edge_id: 'late', flows: [makeFlow()] });
    api.now = T0 + 24 * 60 * MINUTE - 1000;
    const filter = { edge_id: 'late' };
    expect((await api.data('Query.flows', { ...hour, filter })).items).toHaveLength(1);
    api.now = T0 + 24 * 60 * MINUTE;
    expect((await api.data('Query.flows', { ...hour, filter })).items).toEqual([]);
    api.now = T0 + 24 * 60 * MINUTE + 30 * MINUTE;
    expect(await api.call('Query.flows', { ...hour, filter })).toEqual({
      error: {
        type: 'ValidationError',
        message:
          'Flows are kept for 24 hours, now since 2026-01-31T12:30:00.000Z: choose a later value for to.',
      },
    });
  });

  it.each([
    ['Query.topFlows', {}],
    ['Query.duplicateCounting', { site_id: SITE_A }],
    ['Query.flows', hour],
    ['Query.flowStats', { ...hour, group_by: ['PROTOCOL'] }],
  ])('%s says so if no flows are logged', async (operation, args) => {
    const without = makeApi(db, { flow_log_ttl_hours: 0 });
    without.now = T0 + MINUTE;
    expect(await without.call(operation, args)).toEqual({
      error: {
        type: 'ValidationError',
        message:
          'This system keeps no flow log (flow_log_ttl_hours is 0): trafficStats has the sums by policy, site, endpoint and edge.',
      },
    });
  });

  it('warns of two edges of a site that report the same large flows, and not of edges at other sites', async () => {
    const site_id = '750e8400-e29b-41d4-a716-446655440000';
    const flows = [makeFlow({ bytes: 5_000_000n }), makeFlow({ src_port: 9, bytes: 9_000_000n })];
    await report({ edge_id: 'tap-1', site_id, flows });
    await report({ edge_id: 'tap-2', site_id, flows: flows.slice(1) });
    await report({ edge_id: 'tap-3', site_id: SITE_B, flows });
    expect(await api.data('Query.duplicateCounting', { site_id }, { identity: personIn('viewer') })).toEqual({
      from: iso(T0 - 9 * MINUTE),
      to: iso(T0 + MINUTE),
      reports: 2,
      warnings: [
        {
          edge_ids: ['tap-1', 'tap-2'],
          flows: 1,
          bytes: 9_000_000,
          bytes_exact: '9000000',
          message:
            'Edges tap-1 and tap-2 reported 1 large flow(s) with the same addresses and ports, at the same time and with about the same bytes. It seems that both see the same packets, which are then counted twice. Count each packet at one edge, the one where it enters the WAN (docs/edge.md).',
        },
      ],
    });
    api.now = T0 + 3 * MINUTE;
    const later = await api.data('Query.duplicateCounting', { site_id, window: 2 });
    expect([later.reports, later.warnings]).toEqual([0, []]);
  });

  it('logs a repeated report once', async () => {
    for (let time = 0; time < 3; time++) await report({ edge_id: 'again', flows: [makeFlow()] });
    expect((await api.data('Query.flows', { ...hour, filter: { edge_id: 'again' } })).items).toHaveLength(1);
  });

  it('erases an address for administrators, reports the progress and audits it', async () => {
    const flows = [makeFlow({ src: '2001:db8:7::1', bytes: 7n }), makeFlow({ src: '10.7.7.7', bytes: 8n })];
    await report({ edge_id: 'erased', flows });
    const filter = { edge_id: 'erased' };
    expect((await api.data('Query.flows', { ...hour, filter })).items).toHaveLength(2);
    const erasure = await api.data('Mutation.eraseFlows', { address: '2001:DB8:7:0::1' });
    expect(erasure).toEqual({
      audit_id: expect.any(String),
      address: '2001:db8:7::1',
      requested_at: iso(T0 + MINUTE),
      status: 'RUNNING',
      erased_until: null,
      finished_at: null,
    });
    expect((await api.data('Query.flows', { ...hour, filter })).items).toMatchObject([{ src: '10.7.7.7' }]);
    expect(await api.data('Query.flowErasures')).toEqual([erasure]);
    const { items } = await api.data('Query.auditLog', { limit: 1 });
    expect(items).toMatchObject([
      { id: erasure.audit_id, operation: 'eraseFlows', target: 'address:2001:db8:7::1', outcome: 'DONE' },
    ]);
    await asFunction('flowlog', () =>
      runFlowLog({
        objects: bucket.objects,
        ...{ client: db.client, table: db.tables.traffic, owner: 'run', ttl_hours: 24 },
        ...{ clock: () => api.now, work_until: api.now + MINUTE, lease_until_ms: api.now + MINUTE },
        slices: { begin: async () => {} },
      }),
    );
    expect(await api.data('Query.flowErasures')).toEqual([
      { ...erasure, status: 'DONE', erased_until: iso(T0 + MINUTE), finished_at: iso(T0 + MINUTE) },
    ]);
    // Later arrivals are logged as before.
    await report({ edge_id: 'erased', seq: 2, sent_ms: MINUTE, flows });
    api.now += 1;
    expect((await api.data('Query.flows', { ...hour, filter })).items).toHaveLength(3);
  });

  it.each(['10.0.0.0/8', 'nonsense', '', '10.1.2'])('does not erase %j', async address => {
    expect(await api.call('Mutation.eraseFlows', { address })).toEqual({
      error: {
        type: 'ValidationError',
        message: 'address must be a single address such as 10.1.2.3 or 2001:db8::1.',
      },
    });
  });

  it.each([
    [['flows', '@[1,"a","b",0]', '0']],
    [['flows', '@[1,"\\q","b",0,1]', '0']],
    [['flows', '@[1,"a","b",0,1', '0']],
  ])('rejects an invalid token: %j', async parts => {
    const next_token = Buffer.from(JSON.stringify(parts)).toString('base64url');
    expect(await api.call('Query.flows', { ...hour, next_token })).toMatchObject({
      error: {
        type: 'ValidationError',
        message: expect.stringContaining('next_token is not from this list'),
      },
    });
  });

  it.each([
    ['Query.topFlows', { window: 61 }, 'window must be a whole number from 1 to 60.'],
    [
      'Query.duplicateCounting',
      { site_id: SITE_A, window: 61 },
      'window must be a whole number from 1 to 60.',
    ],
    ['Query.topFlows', { window: 5, ...hour }, 'Give a range by window, or by from and to together.'],
    ['Query.topFlows', { from: hour.from }, 'Give a range by window, or by from and to together.'],
    [
      'Query.topFlows',
      { site_id: SITE_A, filter: {} },
      'policy_id and site_id exclude filter: put them into filter.',
    ],
    [
      'Query.topFlows',
      { from: iso(T0 - 49 * 60 * MINUTE), to: iso(T0) },
      'from and to must be at most 48 hours apart.',
    ],
    [
      'Query.flows',
      { ...hour, filter: { port: 1, ports: ['2'] } },
      "filter.ports can't be given together with port: put all values in ports.",
    ],
    [
      'Query.flows',
      { ...hour, filter: { not: { ports: ['80-70'] } } },
      'filter.not.ports.0 must be a port, a range of ports or a group such as 443, 8000-8100 or @Mail.',
    ],
    ['Query.flows', { ...hour, filter: { protocols: [] } }, 'filter.protocols must have 1 to 20 entries.'],
    ['Query.topFlows', { limit: 0 }, 'limit must be a whole number from 1 to 1000.'],
    [
      'Query.flows',
      { ...hour, filter: { address: '10.1.2' } },
      'filter.address must be an address or prefix such as 10.1.0.0/16 or 2001:db8::/32.',
    ],
    [
      'Query.flows',
      { ...hour, filter: { port: 65_536 } },
      'filter.port must be a whole number from 0 to 65535.',
    ],
    [
      'Query.flows',
      { from: hour.to, to: hour.from },
      'from (2026-01-31T12:30:00.000Z) is not before to (2026-01-31T11:30:00.000Z): choose an earlier from or a later to.',
    ],
    [
      'Query.flows',
      { ...hour, next_token: 'x' },
      'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
    ],
    ['Query.flows', { ...hour, limit: 1001 }, 'limit must be a whole number from 1 to 1000.'],
    ['Query.flows', { ...hour, filter: { site_id: '' } }, 'filter.site_id must have 1 to 128 characters.'],
    [
      'Query.flows',
      { ...hour, filter: { protocol: 256 } },
      'filter.protocol must be a whole number from 0 to 255.',
    ],
    [
      'Query.flowStats',
      { from: iso(T0 - 800 * 24 * 60 * MINUTE), to: iso(T0), group_by: ['PROTOCOL'] },
      'DAY samples are kept for 730 days, now since 2024-02-01T00:00:00.000Z: choose a later value for from.',
    ],
    [
      'Query.flowStats',
      { ...hour, group_by: ['PROTOCOL'], limit: 0 },
      'limit must be a whole number from 1 to 1000.',
    ],
    [
      'Query.flowStats',
      { ...hour, group_by: [] },
      'group_by must have one to four of PROTOCOL, APPLICATION, SOURCE_PREFIX, DESTINATION_PREFIX, POLICY, SITE, ENDPOINT, EDGE, SOURCE, DESTINATION, PORT, SOURCE_GROUP, DESTINATION_GROUP, PORT_GROUP, each once.',
    ],
    [
      'Query.flowStats',
      { from: iso(T0 - 49 * 60 * MINUTE), to: iso(T0), group_by: ['PROTOCOL'] },
      'from and to must be at most 48 hours apart.',
    ],
  ])('%s rejects %j and names the allowed values', async (operation, args, message) => {
    expect(await api.call(operation, args)).toEqual({ error: { type: 'ValidationError', message } });
  });

  it.each([
    [
      'Query.topFlows',
      { site_id: 'nowhere' },
      'There is no site "nowhere": the query sites lists those that exist.',
    ],
    [
      'Query.duplicateCounting',
      { site_id: 'nowhere' },
      'There is no site "nowhere": the query sites lists those that exist.',
    ],
    [
      'Query.topFlows',
      { policy_id: '99' },
      'There is no policy "99": the query policies lists those that exist.',
    ],
    [
      'Query.flows',
      { ...hour, filter: { edge_id: 'nobody' } },
      'No edge "nobody" is registered: the query edges lists those that are.',
    ],
    [
      'Query.flows',
      { ...hour, filter: { policy_ids: ['7', '99'], protocols: [99] } },
      'There is no policy "99": the query policies lists those that exist.',
    ],
    [
      'Query.flows',
      { ...hour, filter: { endpoint_id: 'wan9' } },
      'No edge has counted anything for an endpoint "wan9"; with site_id it is looked up at that site.',
    ],
    [
      'Query.flowStats',
      {
        from: iso(T0 - MINUTE),
        to: iso(T0 + 2 * MINUTE),
        group_by: ['PROTOCOL'],
        filter: { site_id: SITE_A, endpoint_id: 'wan9' },
      },
      `Site "${SITE_A}" has no endpoint "wan9": the query site lists its endpoints.`,
    ],
  ])('%s distinguishes an unknown id from one without flows: %j', async (operation, args, message) => {
    api.now = T0 + 2 * MINUTE;
    expect(await api.call(operation, args)).toEqual({ error: { type: 'NotFound', message } });
  });

  it('has no flows for known ids without traffic in the window', async () => {
    api.now = T0 + 10 * 60 * MINUTE;
    expect((await api.data('Query.topFlows', { site_id: SITE_A, policy_id: 'default' })).flows).toEqual([]);
  });
});
