import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { limitFlows } from '../../../../core/totals/other-flows.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { type FlowBucket, makeFlowBucket } from '../../../support/flow-bucket.ts';
import { makeFlow } from '../../../support/flow-records.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { type ReportSketch, reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const MINUTE = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

const web = makeFlow({ policy_id: 'default', bytes: 1000n, packets: 4n });
const dns = makeFlow({ policy_id: 'v', dst_port: 53, protocol: 17, bytes: 300n, packets: 3n });
const small = [1, 2, 3].map(port => makeFlow({ src_port: port, bytes: 10n, packets: 1n }));

describe('policyImpact', () => {
  let db: TestTables;
  let bucket: FlowBucket;
  let api: ApiUnderTest;
  let voice: string;

  /**
   * Two snapshots, and between them a report of an edge that lists two of its five flows; another
   * edge is silent.
   */
  beforeAll(async () => {
    db = await createTables();
    bucket = await makeFlowBucket();
    api = makeApi(db, { flow_objects: bucket.objects });
    api.now = T0 - MINUTE;
    const match = { protocol: 17 };
    voice = (await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900, match })).id;
    await snapshotAt(db, T0, ['edge-1', 'edge-2']);
    await report({
      sent_ms: 30_000,
      flows: limitFlows([web, dns, ...small], 2),
      policies: [{ policy_id: 'default', packets: 10n, bytes: 1330n }],
    });
    await snapshotAt(db, T0 + MINUTE, ['edge-1', 'edge-2']);
    api.now = T0 + MINUTE + 5000;
  });
  afterAll(async () => {
    await bucket.close();
    await db.drop();
  });

  async function report(sketch: ReportSketch): Promise<void> {
    const open = await ingest(
      [reportRecord(sketch, { arrived_ms: sketch.sent_ms ?? 0 })],
      ingestContext({ ...db, flow_log: bucket.flow_log }),
    );
    expect(open).toEqual([]);
  }

  const fallback = { policy_id: 'default', policy_name: 'Default', draft: false };
  const draft = { policy_id: null, policy_name: 'Draft', draft: true };
  const gap = (kind: string) => expect.objectContaining({ kind });

  it('is the traffic of logged flows that a new policy would match, and the share of the judged traffic', async () => {
    const impact = await api.data('Query.policyImpact', { draft: { priority: 5, match: { protocol: 6 } } });
    expect(impact).toEqual({
      from: iso(T0 - 59 * MINUTE),
      to: iso(T0 + MINUTE),
      policies_version: '1',
      moved: { packets: 4, bytes: 1000, packets_exact: '4', bytes_exact: '1000', estimated_share: null },
      moved_flows: 1,
      moves: [
        {
          ...{ from: fallback, to: draft, flows: 1 },
          ...{ packets: 4, bytes: 1000, packets_exact: '4', bytes_exact: '1000' },
        },
      ],
      moves_total: 1,
      largest: [
        {
          ...{ from: fallback, to: draft, site_id: SITE, application: 'Web' },
          ...{ src: '10.1.2.3', src_port: 51_234, dst: '192.0.2.9', dst_port: 443, protocol: 6 },
          ...{ packets: 4, bytes: 1000, packets_exact: '4', bytes_exact: '1000' },
          ...{ first: web.first, last: web.last },
        },
      ],
      judged: { packets: 7, bytes: 1300, packets_exact: '7', bytes_exact: '1300', estimated_share: null },
      total: { packets: 10, bytes: 1330, packets_exact: '10', bytes_exact: '1330', estimated_share: 0 },
      judged_share: 1300 / 1330,
      completeness: expect.objectContaining({ edges_expected: 2, edges_heard: 1 }),
      gaps: [
        {
          kind: 'UNLISTED_FLOWS',
          message:
            'Edges list their largest flows: it is not known whether the rest of the traffic would move.',
        },
        { kind: 'EDGES_SILENT', message: '1 of 2 edges are silent: what passes them is missing.' },
      ],
    });
  });

  it('is the traffic that a defined policy would lose or gain', async () => {
    const named = { policy_id: voice, policy_name: 'Voice', draft: true };
    const off = await api.data('Query.policyImpact', { draft: { id: voice, enabled: false } });
    expect(off.moves).toMatchObject([{ from: named, to: fallback, bytes: 300 }]);
    const swapped = await api.data('Query.policyImpact', { draft: { id: voice, match: { protocol: 6 } } });
    expect(swapped.moves).toMatchObject([
      { from: fallback, to: named, bytes: 1000 },
      { from: named, to: fallback, bytes: 300 },
    ]);
    expect(swapped).toMatchObject({ moved_flows: 2, moved: { bytes: 1300 } });
  });

  it('is zero for a draft behind policies that match its flows', async () => {
    const given = { priority: 5, match: { protocol: 17 } };
    expect(await api.data('Query.policyImpact', { draft: given })).toMatchObject({
      ...{ moved: { bytes: 0 }, moved_flows: 0, moves: [], moves_total: 0, largest: [] },
      judged: { bytes: 1300 },
    });
  });

  it('is unknown instead of zero without a flow log', async () => {
    const without = makeApi(db, { flow_log_ttl_hours: 0 });
    without.now = api.now;
    expect(await without.data('Query.policyImpact', { draft: { priority: 5 } })).toMatchObject({
      ...{ moved: null, moved_flows: null, moves: [], largest: [], judged: null, judged_share: null },
      total: { bytes: 1330 },
      gaps: [
        {
          kind: 'FLOW_LOG_OFF',
          message: 'No flows are logged, so it is not known which traffic would move.',
        },
        gap('EDGES_SILENT'),
      ],
    });
  });

  it('reports a log that is shorter than the window, or that has networks instead of hosts', async () => {
    const short = makeApi(db, {
      flow_objects: bucket.objects,
      ...{ flow_log_ttl_hours: 0.5, flow_log_mask_hosts: true },
    });
    short.now = api.now;
    const impact = await short.data('Query.policyImpact', { draft: { priority: 5 } });
    expect(impact.gaps).toEqual(['FLOWS_EXPIRED', 'HOSTS_MASKED', 'UNLISTED_FLOWS', 'EDGES_SILENT'].map(gap));
    expect(impact.gaps[0].message).toBe(
      'Flows are kept for 0.5 hours: older ones of the window are missing.',
    );
  });

  it('reports a missing snapshot, without which the counted traffic is unknown', async () => {
    const later = makeApi(db, { flow_objects: bucket.objects });
    later.now = T0 + 3 * 60 * MINUTE;
    expect(await later.data('Query.policyImpact', { draft: { priority: 5 } })).toMatchObject({
      ...{ total: null, judged_share: null, completeness: null, moved: { bytes: 0 } },
      gaps: [gap('NO_SNAPSHOT')],
    });
  });

  it('reports figures that are scaled from samples', async () => {
    await report({
      ...{ edge_id: 'edge-2', sent_ms: MINUTE + 30_000, estimated: true },
      policies: [{ policy_id: 'default', packets: 1n, bytes: 70n }],
    });
    await snapshotAt(db, T0 + 2 * MINUTE, ['edge-1', 'edge-2']);
    api.now = T0 + 2 * MINUTE + 5000;
    const impact = await api.data('Query.policyImpact', { draft: { priority: 5 }, window: 5 });
    expect(impact.gaps).toEqual([gap('UNLISTED_FLOWS'), gap('SAMPLED')]);
    expect(impact.total.estimated_share).toBe(70 / 1400);
  });

  it.each([
    [{ draft: { priority: 5 }, window: 61 }, 'window must be a whole number from 1 to 60.'],
    [{ draft: { priority: 5 }, limit: 1001 }, 'limit must be a whole number from 1 to 1000.'],
    [{ draft: {} }, 'A draft needs a priority from 0 to 1000, or the id of a defined policy.'],
  ])('rejects %j', async (args, message) => {
    expect(await api.call('Query.policyImpact', args)).toEqual({
      error: { type: 'ValidationError', message },
    });
  });
});
