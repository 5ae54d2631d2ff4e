import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../core/access/caller.ts';
import { resetAllStats, resetPolicyStats, undoReset } from '../../../core/ledger/figures/reset-stats.ts';
import { readShownCounters } from '../../../core/ledger/figures/shown-counters.ts';
import { counterKey } from '../../../core/ledger/lane-keys.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

describe('resets move a baseline', () => {
  let db: TestTables;
  let now = Date.parse('2026-03-01T12:00:00Z');
  let context: StoreContext;
  const actor: Caller = {
    kind: 'PERSON',
    sub: 'sub-1',
    username: 'ada',
    email: 'ada@example.com',
    groups: ['admin'],
    source_ip: null,
  };

  beforeAll(async () => {
    db = await createTables();
    context = {
      client: db.client,
      tables: db.tables,
      clock: () => now++,
      sleep: async () => {},
      random: () => 0,
      deadline: Number.POSITIVE_INFINITY,
    };
  });
  afterAll(() => db.drop());

  async function count(policy_id: string, slot: number, packets: bigint): Promise<void> {
    await db.client.send(
      new UpdateCommand({
        TableName: db.tables.traffic,
        Key: counterKey(slot, policy_id),
        UpdateExpression: 'ADD packets :packets, bytes :bytes, active_flows :flows',
        ExpressionAttributeValues: { ':packets': packets, ':bytes': packets * 100n, ':flows': 1 },
      }),
    );
  }

  async function shown(): Promise<Record<string, bigint>> {
    const counters = await readShownCounters(db.client, db.tables);
    return Object.fromEntries(Array.from(counters, ([id, { packets }]) => [id, packets]));
  }

  it('shows counts since the newest reset that was not undone, past 2^53 too', async () => {
    const huge = 2n ** 60n + 1n;
    await count('1', 0, huge);
    await count('1', 5, 10n);
    await count('2', 0, 7n);

    const first = await resetPolicyStats(context, { actor, policy_id: '1', defined: true });
    expect(await shown()).toEqual({ 1: 0n, 2: 7n });
    await count('1', 1, 3n);
    const all = await resetAllStats(context, { actor });
    expect(all.policies).toBe(2);
    await count('2', 2, 1n);
    await count('3', 2, 9n);
    expect(await shown()).toEqual({ 1: 0n, 2: 1n, 3: 9n });

    await undoReset(context, { actor, audit_id: all.audit_id });
    expect(await shown()).toEqual({ 1: 3n, 2: 8n, 3: 9n });
    await undoReset(context, { actor, audit_id: first.audit_id });
    expect(await shown()).toEqual({ 1: huge + 13n, 2: 8n, 3: 9n });

    await expect(undoReset(context, { actor, audit_id: first.audit_id })).rejects.toThrow(
      `The reset ${first.audit_id} was undone already.`,
    );
  });

  it('refuses an id that was never defined or counted', async () => {
    await expect(resetPolicyStats(context, { actor, policy_id: '99', defined: false })).rejects.toThrow(
      'There is no policy "99": the query policies lists those that there are.',
    );
    await expect(undoReset(context, { actor, audit_id: 'nope' })).rejects.toThrow(
      'No reset has the audit id "nope".',
    );
  });
});
