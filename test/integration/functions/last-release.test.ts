import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { lastReleaseTables, readLastRelease } from '../../support/last-release.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import type { TestTables } from '../../support/tables.ts';

const { now, answers } = readLastRelease();
const MINUTE = 60_000;

interface Counted {
  packets_exact: string;
  bytes_exact: string;
}

interface Answered {
  items: { id: string; operation: string }[];
}

const recorded = (operation: string) => answers.find(one => one.operation === operation)!.answer;

let db: TestTables;
let api: ApiUnderTest;

beforeAll(async () => {
  db = await lastReleaseTables();
  api = makeApi(db);
  api.now = now;
});

afterAll(() => db.drop());

const totals = (): Promise<Counted> => api.data('Query.trafficTotals');
const packetsOf = (points: readonly Counted[]): bigint =>
  points.reduce((sum, { packets_exact }) => sum + BigInt(packets_exact), 0n);
const agrees = async (): Promise<boolean> => (await api.data('Query.trafficAudit')).agrees;

describe('items of the last release', () => {
  it.each(answers)('are answered as before: $operation $args', async ({ operation, args, answer }) => {
    expect(await api.data(operation, args)).toMatchObject(answer as object);
  });
});

describe('continuing with items of the last release', () => {
  it('takes the next minute: history continues from the old samples', async () => {
    const minute = Math.ceil(now / MINUTE) * MINUTE;
    const taken = await snapshotAt(db, minute, ['edge-1', 'edge-2', 'edge-3', 'signed-1']);
    expect(taken).toMatchObject({ taken: true, minute, lanes: 4, bad_lanes: 0 });
    api.now = minute + 10_000;
    const whole = { from: new Date(minute - 7 * MINUTE).toISOString(), to: new Date(minute).toISOString() };
    const history = await api.data('Query.trafficHistory', { ...whole, resolution: 'MINUTE' });
    const before = (recorded('Query.trafficHistory') as { points: Counted[] }).points;
    expect(packetsOf(history.points)).toBeGreaterThan(packetsOf(before));
  });

  it('adds a new boot of an old edge to its counts, and does not count an old report again', async () => {
    const before = await totals();
    const boot_id = '01M8KFZZZZZZZZZZZZZZZZZZZZ';
    const at = api.now - T0;
    const report = (seq: number, packets: bigint) =>
      reportRecord(
        {
          ...{ edge_id: 'edge-1', boot_id, seq, sent_ms: at },
          policies: [{ policy_id: 'default', packets, bytes: packets * 100n, active_flows: 3 }],
        },
        { sequence: seq, arrived_ms: at },
      );
    const context = { clock: () => api.now, deadline: api.now + MINUTE };
    expect(await ingest([report(1, 40n), report(2, 70n)], ingestContext({ ...db, ...context }))).toEqual([]);
    expect(await ingest([report(1, 40n)], ingestContext({ ...db, ...context }))).toEqual([]);
    const after = await totals();
    expect(BigInt(after.packets_exact) - BigInt(before.packets_exact)).toBe(70n);
    expect(BigInt(after.bytes_exact) - BigInt(before.bytes_exact)).toBe(7000n);
    expect(await agrees()).toBe(true);
  });

  it('undoes old resets, and undoes that again', async () => {
    const { items } = recorded('Query.auditLog') as Answered;
    const { id } = items.find(({ operation }) => operation === 'resetAllStats')!;
    const before = await totals();
    const { audit_id } = await api.data('Mutation.undo', { audit_id: id });
    const undone = await totals();
    expect(BigInt(undone.packets_exact)).toBeGreaterThan(BigInt(before.packets_exact));
    expect(await agrees()).toBe(true);
    await api.data('Mutation.undo', { audit_id });
    expect(await totals()).toMatchObject({
      packets_exact: before.packets_exact,
      bytes_exact: before.bytes_exact,
    });
  });

  it('restores a deleted site', async () => {
    const { items } = recorded('Query.deletedSites') as { items: { site_id: string; name: string }[] };
    const { site_id, name } = items[0]!;
    await api.data('Mutation.restoreSite', { site_id });
    expect(await api.data('Query.site', { id: site_id })).toMatchObject({ name, status: 'ACTIVE' });
    expect(await api.data('Query.countSitePaths', { site_id })).toBe(2);
  });
});
