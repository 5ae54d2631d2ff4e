import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import type { StreamRecord } from '../../../../core/ingest/stream-record.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { type ReportSketch, reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const SITE = '550e8400-e29b-41d4-a716-446655440000';

describe('a voided boot over the API', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let sequence = 0;
  let audit_id = '';
  const sent: StreamRecord[] = [];
  const refused: unknown[] = [];
  const at = (minute: number) => new Date(T0 + minute * MINUTE).toISOString();
  const range = { from: at(0), to: at(5) };

  const pair = (policy_id: string, packets: bigint) => ({ policy_id, packets, bytes: packets * 100n });

  async function count(records: StreamRecord[]): Promise<void> {
    const warn = (_: string, details: Record<string, unknown>) => refused.push(details.reason);
    expect(await ingest(records, ingestContext({ ...db, warn }))).toEqual([]);
  }

  async function report(minute: number, sketch: ReportSketch): Promise<void> {
    const place = { sequence: ++sequence, arrived_ms: minute * MINUTE - 1000 };
    const record = reportRecord({ seq: sequence, sent_ms: place.arrived_ms, ...sketch }, place);
    sent.push(record);
    await count([record]);
  }

  const spoofed = { edge_id: 'edge-2', boot_id: 'spoofed' };
  const honest = { edge_id: 'edge-2', boot_id: 'honest' };

  /** The answers of every query. */
  async function shown() {
    const edge = await api.data('Query.edge', { id: 'edge-2' });
    const endpoints = await api.data('Query.endpointStats', { site_id: SITE });
    return {
      web: (await api.data('Query.policy', { id: 'web' })).packets_matched_exact,
      policies: (await api.data('Query.policies')).items.map(
        (one: { packets_matched_exact: string }) => one.packets_matched_exact,
      ),
      totals: (await api.data('Query.trafficTotals')).packets_exact,
      edge: [edge.packets_exact, edge.boot_id],
      endpoints: endpoints.map((one: { packets_exact: string }) => one.packets_exact),
      agrees: (await api.data('Query.trafficAudit')).agrees,
    };
  }

  const history = async (filter: object = {}) => {
    const { points, sum } = await api.data('Query.trafficHistory', { ...range, filter });
    const list = points as { packets_exact: string; voided: boolean; gap: boolean }[];
    return {
      points: list.map(point => [point.packets_exact, point.voided, point.gap]),
      sum: sum.packets_exact,
    };
  };

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    await snapshotAt(db, T0, []);
    await report(1, { policies: [pair('web', 10n)] });
    await report(1, { ...honest, policies: [pair('web', 5n)] });
    await snapshotAt(db, T0 + MINUTE, []);
    await report(2, { ...spoofed, policies: [pair('web', 1000n), pair('voice', 500n)] });
    await snapshotAt(db, T0 + 2 * MINUTE, []);
    await report(3, { ...spoofed, policies: [pair('web', 3000n), pair('voice', 500n)] });
    await snapshotAt(db, T0 + 3 * MINUTE, []);
    await report(4, { policies: [pair('web', 20n)] });
    await snapshotAt(db, T0 + 4 * MINUTE, []);
    api.now = T0 + 4 * MINUTE + 1000;
  });
  afterAll(() => db.drop());

  const before = {
    web: '3025',
    policies: ['0', '500', '3025'],
    totals: '3525',
    edge: ['3505', 'spoofed'],
    endpoints: ['3525'],
    agrees: true,
  };
  const after = {
    web: '25',
    policies: ['0', '0', '25'],
    totals: '25',
    edge: ['5', null],
    endpoints: ['25'],
    agrees: true,
  };

  it.each([
    [
      'an edge that never reported',
      { edge_id: 'edge-9', boot_id: 'x' },
      'NotFound',
      'Edge "edge-9" has not reported yet. The query edges lists the edges that have.',
    ],
    [
      'a boot that never reported',
      { edge_id: 'edge-2', boot_id: 'x' },
      'NotFound',
      'Edge "edge-2" has counted no boot "x". The query edgeBoots lists its boots.',
    ],
    [
      'an empty id',
      { edge_id: 'edge-2', boot_id: '' },
      'ValidationError',
      'boot_id must have 1 to 128 characters.',
    ],
    [
      'an id that is too long',
      { edge_id: 'e'.repeat(129), boot_id: 'x' },
      'ValidationError',
      'edge_id must have 1 to 128 characters.',
    ],
  ])('is refused for %s, and changes nothing', async (_, args, type, message) => {
    expect(await api.call('Mutation.voidBoot', args)).toEqual({ error: { type, message } });
    expect(await shown()).toEqual(before);
  });

  it('is for administrators', async () => {
    for (const group of ['operator', 'viewer'] as const) {
      const answer = await api.call('Mutation.voidBoot', spoofed, { identity: personIn(group) });
      expect(answer).toMatchObject({ error: { type: 'Unauthorized' } });
    }
  });

  it('is removed from all figures, and history keeps its points and marks them', async () => {
    expect(await shown()).toEqual(before);
    const whole = await history();
    expect(await api.data('Mutation.voidBoot', spoofed)).toEqual({
      success: true,
      message:
        'Boot spoofed of edge edge-2 is removed from all figures: 3500 packets and 350000 bytes of 2 policies. The edge is told to start a new boot. undoVoidBoot undoes this.',
      audit_id: expect.any(String),
      ...spoofed,
      packets_exact: '3500',
      bytes_exact: '350000',
    });
    expect(await shown()).toEqual(after);
    const marked = [false, true, true, false];
    expect(await history()).toEqual({
      sum: whole.sum,
      points: whole.points.map(([packets, , gap], minute) => [packets, marked[minute], gap]),
    });
    expect(whole.points).toEqual(['15', '1500', '2000', '10'].map(packets => [packets, false, false]));
    const voided = async (filter: object) => (await history(filter)).points.map(([, mark]) => mark);
    expect(await voided({ policy_id: 'voice' })).toEqual(marked);
    expect(await voided({ edge_id: 'edge-2', endpoint_id: 'wan1' })).toEqual(marked);
    for (const other of [{ policy_id: 'default' }, { edge_id: 'edge-1' }]) {
      expect(await voided(other)).not.toContain(true);
    }
  });

  it('is in the audit log, and its edge gets a command to start a new boot', async () => {
    const { items } = await api.data('Query.auditLog', { limit: 50 });
    const entry = items.find(
      (one: { operation: string; outcome: string }) => one.operation === 'voidBoot' && one.outcome === 'DONE',
    );
    audit_id = entry.id;
    expect(entry).toMatchObject({
      target: 'edge:edge-2',
      actor: { username: 'admin' },
      before: '{"policies":2,"boot_id":"spoofed","packets":"3500","bytes":"350000"}',
      after: '{"boot_id":"spoofed","voided":true}',
    });
    const edge = await api.data('Query.edge', { id: 'edge-2' });
    expect(edge.refused).toEqual({
      boot_id: 'spoofed',
      contradictions: 3,
      reason: 'An administrator has voided the boot: its counts are no longer part of any figure.',
    });
  });

  it('cannot be voided twice, and the error has the first id', async () => {
    expect(await api.call('Mutation.voidBoot', spoofed)).toEqual({
      error: {
        type: 'Conflict',
        message: `Boot "spoofed" of edge "edge-2" was voided already, by ${audit_id}. Use undoVoidBoot to undo that.`,
      },
    });
  });

  it('is listed among the boots of its edge, page by page', async () => {
    const heard = (minute: number) => new Date(T0 + minute * MINUTE - 1000).toISOString();
    const first = await api.data('Query.edgeBoots', { edge_id: 'edge-2', limit: 1 });
    expect(first).toEqual({
      items: [{ boot_id: 'spoofed', first_heard_at: heard(2), voided_by: audit_id }],
      next_token: expect.any(String),
    });
    const { next_token } = first;
    expect(await api.data('Query.edgeBoots', { edge_id: 'edge-2', limit: 1, next_token })).toEqual({
      items: [{ boot_id: 'honest', first_heard_at: heard(1), voided_by: null }],
      next_token: null,
    });
    expect(await api.call('Query.edgeBoots', { edge_id: 'edge-9' })).toMatchObject({
      error: { type: 'NotFound' },
    });
  });

  it('counts no further report, even after a replay, while other boots continue', async () => {
    await report(5, { ...spoofed, seq: 90, policies: [pair('web', 9000n)] });
    expect(refused).toEqual(['boot_voided']);
    await count(sent);
    expect(await shown()).toEqual(after);
    await report(5, { ...honest, seq: 91, policies: [pair('web', 6n)] });
    expect(await shown()).toEqual({
      ...after,
      web: '26',
      policies: ['0', '0', '26'],
      totals: '26',
      edge: ['6', 'honest'],
      endpoints: ['26'],
    });
  });

  it('leaves no increment below zero and no gap, before and after the void', async () => {
    await snapshotAt(db, T0 + 5 * MINUTE, []);
    api.now = T0 + 5 * MINUTE + 1000;
    const { points, sum } = await history();
    expect(points).toEqual([
      ['15', false, false],
      ['1500', true, false],
      ['2000', true, false],
      ['10', false, false],
      ['1', false, false],
    ]);
    expect(sum).toBe('3526');
    const stats = await api.data('Query.trafficStats', { ...range, group_by: ['EDGE'] });
    expect(
      stats.rows.map((row: { edge_id: string; packets_exact: string }) => [row.edge_id, row.packets_exact]),
    ).toEqual([
      ['edge-2', '3506'],
      ['edge-1', '20'],
    ]);
  });

  it('is back in all figures after an undo, and can be voided again', async () => {
    const undone = await api.data('Mutation.undoVoidBoot', { audit_id });
    expect(undone).toEqual({
      success: true,
      message:
        'Boot spoofed of edge edge-2 is in all figures again: 3500 packets and 350000 bytes. Its reports from the time of the void are in the quarantine and can be replayed.',
      audit_id: expect.any(String),
      ...spoofed,
      packets_exact: '3500',
      bytes_exact: '350000',
    });
    const back = {
      ...before,
      web: '3026',
      policies: ['0', '500', '3026'],
      totals: '3526',
      edge: ['3506', 'honest'],
      endpoints: ['3526'],
    };
    expect(await shown()).toEqual(back);
    expect((await history()).points.map(([, mark]) => mark)).not.toContain(true);
    expect(await api.call('Mutation.undoVoidBoot', { audit_id })).toEqual({
      error: { type: 'Conflict', message: `The void ${audit_id} was undone already.` },
    });
    expect(await api.call('Mutation.undoVoidBoot', { audit_id: 'x' })).toEqual({
      error: { type: 'NotFound', message: 'No voided boot has the audit id "x".' },
    });
    await count(sent);
    expect(await shown()).toEqual({
      ...back,
      web: '9026',
      policies: ['0', '500', '9026'],
      totals: '9526',
      edge: ['9506', 'honest'],
      endpoints: ['9526'],
    });
    const again = await api.data('Mutation.voidBoot', spoofed);
    expect(again.packets_exact).toBe('9500');
    expect(await shown()).toEqual({
      ...after,
      web: '26',
      policies: ['0', '0', '26'],
      totals: '26',
      edge: ['6', 'honest'],
      endpoints: ['26'],
    });
  });
});
