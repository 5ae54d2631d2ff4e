import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { type ReportSketch, reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const SITE = '550e8400-e29b-41d4-a716-446655440000';

describe('the estimated share of a figure', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let sequence = 0;
  const range = { from: new Date(T0).toISOString(), to: new Date(T0 + 2 * MINUTE).toISOString() };

  async function report(minute: number, sketch: ReportSketch): Promise<void> {
    const place = { sequence: ++sequence, arrived_ms: minute * MINUTE - 1000 };
    const record = reportRecord({ seq: sequence, sent_ms: place.arrived_ms, ...sketch }, place);
    expect(await ingest([record], ingestContext(db))).toEqual([]);
  }

  const pair = (policy_id: string, bytes: bigint, endpoint_id = 'wan1') => ({
    ...{ policy_id, endpoint_id, packets: bytes / 100n, bytes },
  });

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    await snapshotAt(db, T0, []);
    // edge-1 counts each packet; edge-2 scales from samples, unlike one of its earlier boots.
    await report(1, { policies: [pair('voice', 1000n), pair('web', 3000n)] });
    await report(1, { edge_id: 'edge-2', boot_id: 'exact', policies: [pair('web', 500n, 'wan2')] });
    const sampled = { edge_id: 'edge-2', boot_id: 'sampled', estimated: true } as const;
    await report(1, { ...sampled, policies: [pair('web', 500n, 'wan2')] });
    await snapshotAt(db, T0 + MINUTE, []);
    await report(2, { policies: [pair('voice', 2000n), pair('web', 6000n)] });
    await report(2, { ...sampled, policies: [pair('web', 1500n, 'wan2'), pair('voice', 2000n, 'wan2')] });
    await snapshotAt(db, T0 + 2 * MINUTE, []);
    api.now = T0 + 3 * MINUTE;
  });
  afterAll(() => db.drop());

  it('is shown for policies and totals', async () => {
    const { items } = await api.data('Query.policies');
    const shares = items.map(({ id, estimated_share }: { id: string; estimated_share: number }) => [
      id,
      estimated_share,
    ]);
    expect(shares).toEqual([
      ['default', 0],
      ['voice', 2000 / 4000],
      ['web', 1500 / 8000],
    ]);
    expect((await api.data('Query.policy', { id: 'web' })).estimated_share).toBe(1500 / 8000);
    expect((await api.data('Query.trafficTotals')).estimated_share).toBe(3500 / 12_000);
  });

  it('is shown for each interval of history and their sum', async () => {
    const shares = async (operation: string, args: object) => {
      const { points, sum } = await api.data(operation, { ...range, ...args });
      const list = [...points, sum] as { estimated_share: number | null }[];
      return list.map(({ estimated_share }) => estimated_share);
    };
    const web = [500 / 4000, 1000 / 4000, 1500 / 8000];
    expect(await shares('Query.policyHistory', { policy_id: 'web' })).toEqual(web);
    expect(await shares('Query.trafficHistory', {})).toEqual([500 / 5000, 3000 / 7000, 3500 / 12_000]);
    expect(await shares('Query.trafficHistory', { filter: { edge_id: 'edge-2' } })).toEqual([
      500 / 1000,
      1,
      3500 / 4000,
    ]);
    const before = { from: new Date(T0 - 2 * MINUTE).toISOString(), to: range.from };
    const { points } = await api.data('Query.trafficHistory', { ...before, resolution: 'MINUTE' });
    expect(points.map((point: { gap: boolean; estimated_share: number }) => point.estimated_share)).toEqual([
      0,
    ]);
  });

  it('is shown for rows of sums, endpoints and edges', async () => {
    const stats = await api.data('Query.trafficStats', { ...range, group_by: ['EDGE'] });
    expect(stats).toMatchObject({
      rows: [
        { edge_id: 'edge-1', estimated_share: 0 },
        { edge_id: 'edge-2', estimated_share: 3500 / 4000 },
      ],
      other: { bytes_exact: '0', estimated_share: 0 },
      total: { estimated_share: 3500 / 12_000 },
    });
    expect(await api.data('Query.endpointStats', { site_id: SITE })).toMatchObject([
      { endpoint_id: 'wan1', estimated_share: 0 },
      {
        endpoint_id: 'wan2',
        estimated_share: 3500 / 4000,
        policies: [
          { policy_id: 'voice', estimated_share: 1 },
          { policy_id: 'web', estimated_share: 1500 / 2000 },
        ],
      },
    ]);
    expect((await api.data('Query.edge', { id: 'edge-2' })).estimated_share).toBe(3500 / 4000);
    expect((await api.data('Query.edge', { id: 'edge-1' })).estimated_share).toBe(0);
  });

  it('is unknown for logged flows, and known for counted traffic', async () => {
    const stats = await api.data('Query.flowStats', { ...range, group_by: ['PROTOCOL'] });
    expect(stats).toMatchObject({
      unattributed: { bytes_exact: '12000', estimated_share: null },
      total: { bytes_exact: '12000', estimated_share: 3500 / 12_000 },
    });
  });

  it('restarts with a reset, and is the same in counters and lanes', async () => {
    const { audit_id } = await api.data('Mutation.resetAllStats');
    await report(3, {
      edge_id: 'edge-2',
      boot_id: 'sampled',
      estimated: true,
      policies: [pair('web', 1600n, 'wan2')],
    });
    await report(3, { policies: [pair('web', 6300n)] });
    expect((await api.data('Query.policy', { id: 'web' })).estimated_share).toBe(100 / 400);
    expect((await api.data('Query.policy', { id: 'voice' })).estimated_share).toBe(0);
    await api.data('Mutation.undoReset', { audit_id });
    expect((await api.data('Query.policy', { id: 'web' })).estimated_share).toBe(1600 / 8400);
    await api.data('Mutation.resetPolicyStats', { policy_id: 'web' });
    expect((await api.data('Query.policy', { id: 'web' })).estimated_share).toBe(0);
    expect(await api.data('Query.trafficAudit')).toMatchObject({ agrees: true, mismatches: [] });
  });

  it('is at most 1 if a boot turns out to be estimated', async () => {
    const late = { edge_id: 'edge-3', boot_id: 'late' };
    await report(4, { ...late, policies: [pair('late', 5000n)] });
    await snapshotAt(db, T0 + 4 * MINUTE, []);
    await report(5, { ...late, estimated: true, policies: [pair('late', 5100n)] });
    await snapshotAt(db, T0 + 5 * MINUTE, []);
    api.now = T0 + 6 * MINUTE;
    expect((await api.data('Query.policy', { id: 'late' })).estimated_share).toBe(1);
    const times = {
      from: new Date(T0 + 4 * MINUTE).toISOString(),
      to: new Date(T0 + 5 * MINUTE).toISOString(),
    };
    expect((await api.data('Query.policyHistory', { policy_id: 'late', ...times })).sum).toMatchObject({
      bytes_exact: '100',
      estimated_share: 1,
    });
    expect((await api.data('Query.trafficStats', { ...times, group_by: ['POLICY'] })).total).toMatchObject({
      bytes_exact: '100',
      estimated_share: 1,
    });
  });
});
