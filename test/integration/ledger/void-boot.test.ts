import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { Conflict } from '../../../core/errors.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { recoverCounters } from '../../../core/ingest/recovery/recover-counters.ts';
import { resetAllStats, resetPolicyStats, undoReset } from '../../../core/ledger/figures/reset-stats.ts';
import { removeCutOffResets } from '../../../core/ledger/figures/running-resets.ts';
import { readShownCounters } from '../../../core/ledger/figures/shown-counters.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { CORRECTION_PARTITION, readCorrectionHeads } from '../../../core/ledger/voids/corrections.ts';
import { finishVoids } from '../../../core/ledger/voids/finish-voids.ts';
import { VOIDING_PARTITION } from '../../../core/ledger/voids/running-voids.ts';
import { undoVoidBoot } from '../../../core/ledger/voids/undo-void.ts';
import { voidBoot } from '../../../core/ledger/voids/void-boot.ts';
import type { Item } from '../../../core/storage/item.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { Killed, makeFaults } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { pausingBefore } from '../../support/pausing-client.ts';
import { type ReportSketch, reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const ACTOR = systemCaller('test');
const BOOT = { edge_id: 'edge-1', boot_id: 'wrong' };

let db: TestTables;
let now: number;
let sequence: number;

beforeEach(async () => {
  db = await createTables();
  now = T0;
  sequence = 0;
});
afterEach(() => db.drop());

function context(client = db.client): StoreContext {
  const sleep = async (ms: number) => {
    now += Math.ceil(ms);
  };
  return { client, tables: db.tables, clock: () => now, sleep, random: () => 0.5, deadline: now + 60_000 };
}

/** A report of the boot by default, a second after the previous report. */
async function report(sketch: ReportSketch): Promise<void> {
  now += 1000;
  sequence += 1;
  const place = { sequence, arrived_ms: now - T0 };
  const record = reportRecord({ ...BOOT, seq: sequence, sent_ms: now - T0, ...sketch }, place);
  expect(await ingest([record], ingestContext(db))).toEqual([]);
  now += 1000;
}

const pair = (packets: bigint, policy_id = 'p') => ({ policy_id, packets, bytes: packets * 10n });

async function shown(policy_id = 'p'): Promise<bigint> {
  const counts = (await readShownCounters(db.client, db.tables)).get(policy_id);
  expect(counts?.bytes ?? 0n).toBe((counts?.packets ?? 0n) * 10n);
  return counts?.packets ?? 0n;
}

async function under(pk: string): Promise<Item[]> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}

/** A client that runs `meanwhile` before each transaction, with its number from 1. */
function beforeTransactions(meanwhile: (number: number) => Promise<void>) {
  let transactions = 0;
  return clientWith(async command => {
    if (command instanceof TransactWriteCommand) await meanwhile(++transactions);
    return db.client.send(command as never);
  });
}

const voided = () => voidBoot(context(), { ...BOOT, actor: ACTOR });
const other = { edge_id: 'edge-2', boot_id: 'right' };

describe('a boot that is voided after a reset', () => {
  const resets = [
    ['all', () => resetAllStats(context(), { actor: ACTOR })],
    ['one policy', () => resetPolicyStats(context(), { actor: ACTOR, policy_id: 'p', defined: true })],
  ] as const;

  describe.each(resets)('of %s', (_, reset) => {
    it('that came while it was running subtracts its later counts', async () => {
      await report({ policies: [pair(1000n)] });
      await report({ ...other, policies: [pair(300n)] });
      await reset();
      await report({ policies: [pair(1500n)] });
      await report({ ...other, policies: [pair(500n)] });
      expect(await shown()).toBe(700n);
      const { audit_id } = await voided();
      expect(await shown()).toBe(200n);
      await undoVoidBoot(context(), { actor: ACTOR, audit_id });
      expect(await shown()).toBe(700n);
    });

    it('that came while it reported with a slow clock subtracts its later counts', async () => {
      await report({ boot_id: 'right', policies: [pair(300n)] });
      await report({ sent_ms: -1e9, policies: [pair(1000n)] });
      await reset();
      await report({ sent_ms: -1e9 + 60_000, policies: [pair(1500n)] });
      await report({ boot_id: 'right', policies: [pair(500n)] });
      expect(await shown()).toBe(700n);
      await voided();
      expect(await shown()).toBe(200n);
    });

    it('that came when it was current again after another boot subtracts its later counts', async () => {
      await report({ policies: [pair(500n)] });
      await report({ boot_id: 'right', policies: [pair(300n)] });
      await report({ policies: [pair(1000n)] });
      await reset();
      await report({ policies: [pair(1500n)] });
      await report({ ...other, policies: [pair(200n)] });
      expect(await shown()).toBe(700n);
      await voided();
      expect(await shown()).toBe(200n);
    });

    it.each([
      ['while it ran', {}],
      ['while it reported with a clock that runs behind', { sent_ms: -1e9 }],
    ])(
      'that came %s, with no earlier count of a policy, subtracts all its counts of it',
      async (__, clock) => {
        await report({ boot_id: 'right', policies: [pair(300n)] });
        await report({ ...clock, policies: [pair(7n, 'q')] });
        await reset();
        await report({ ...clock, policies: [pair(8n, 'q'), pair(1500n)] });
        await report({ ...other, policies: [pair(200n)] });
        expect(await shown()).toBe(1700n);
        await voided();
        expect(await shown()).toBe(200n);
      },
    );

    it('that came before any of its reports named a policy subtracts all its counts', async () => {
      await report({ policies: [] });
      await reset();
      await report({ policies: [pair(1500n)] });
      await voided();
      expect(await shown()).toBe(0n);
    });

    it('that came before its first report subtracts all its counts', async () => {
      await report({ ...other, policies: [pair(300n)] });
      await reset();
      await report({ policies: [pair(1500n)] });
      await report({ ...other, policies: [pair(500n)] });
      await voided();
      expect(await shown()).toBe(200n);
    });

    it('that came at the millisecond of its first report subtracts its later counts', async () => {
      await report({ policies: [pair(1000n)] });
      const mark = (await under('BOOT#edge-1')).find(({ sk }) => sk === 'PARTS#wrong')!;
      now = Number(mark.first_heard_at_ms);
      await reset();
      now += 5000;
      await report({ policies: [pair(1500n)] });
      expect(await shown()).toBe(500n);
      await voided();
      expect(await shown()).toBe(0n);
    });

    it('that came after its end subtracts nothing, or all its counts if the reset is undone', async () => {
      await report({ policies: [pair(1000n)] });
      await report({ boot_id: 'next', policies: [pair(50n)] });
      const { audit_id } = await reset();
      await report({ boot_id: 'next', policies: [pair(60n)] });
      await voided();
      expect(await shown()).toBe(10n);
      await undoReset(context(), { actor: ACTOR, audit_id });
      expect(await shown()).toBe(60n);
    });

    it('is completely included in a later reset', async () => {
      await report({ policies: [pair(1000n)] });
      await report({ ...other, policies: [pair(300n)] });
      const { audit_id } = await voided();
      await reset();
      expect(await shown()).toBe(0n);
      await report({ ...other, policies: [pair(310n)] });
      expect(await shown()).toBe(10n);
      await undoVoidBoot(context(), { actor: ACTOR, audit_id });
      expect(await shown()).toBe(10n);
      await report({ policies: [pair(1001n)] });
      expect(await shown()).toBe(11n);
    });

    it('shows the counts of the other boots, also after an undo of each reset', async () => {
      await report({ policies: [pair(100n)] });
      await report({ ...other, policies: [pair(10n)] });
      const first = await reset();
      await report({ policies: [pair(300n)] });
      await report({ ...other, policies: [pair(30n)] });
      const second = await reset();
      await report({ policies: [pair(700n)] });
      await report({ ...other, policies: [pair(70n)] });
      await voided();
      expect(await shown()).toBe(40n);
      await undoReset(context(), { actor: ACTOR, audit_id: second.audit_id });
      expect(await shown()).toBe(60n);
      await undoReset(context(), { actor: ACTOR, audit_id: first.audit_id });
      expect(await shown()).toBe(70n);
    });
  });

  it('of an earlier release without a record counts as including the whole boot: nothing is below zero', async () => {
    await report({ policies: [pair(1000n)] });
    await resetAllStats(context(), { actor: ACTOR });
    const [head] = await under('BASELINE');
    for (const { pk, sk } of await under(`BASELINE#${head!.chunks_id}#BOOTS`)) {
      await db.client.send(new DeleteCommand({ TableName: db.tables.traffic, Key: { pk, sk } }));
    }
    await report({ policies: [pair(1500n)] });
    await voided();
    expect(await shown()).toBe(500n);
  });

  it('keeps no record of an interrupted reset', async () => {
    await report({ policies: [pair(1000n)] });
    const faults = makeFaults();
    faults.arm({ fault: 'killed before', at: await calls(faults, 'TransactWriteCommand') });
    const cut = resetAllStats(context(faults.on(db.client)), { actor: ACTOR });
    await expect(cut).rejects.toThrow(Killed);
    now += 3_600_001;
    const [{ sk } = { sk: '' }] = await under('RESET');
    expect(await under(`BASELINE#${sk}#BOOTS`)).toHaveLength(1);
    const removed = await removeCutOffResets(context(), { until: Number.POSITIVE_INFINITY });
    expect(removed).toEqual({ removed: 1, chunks: 2 });
    expect(await under(`BASELINE#${sk}#BOOTS`)).toEqual([]);
    expect(await shown()).toBe(1000n);
  });
});

/** The number of the first call of a kind in a reset of all policies. */
async function calls(faults: ReturnType<typeof makeFaults>, name: string): Promise<number> {
  faults.arm();
  const probe = await resetAllStats(context(faults.on(db.client)), { actor: ACTOR });
  await undoReset(context(), { actor: ACTOR, audit_id: probe.audit_id });
  return faults.calls.indexOf(name);
}

describe('a void', () => {
  it('of a boot with more parts and policies than a transaction holds is one step', async () => {
    const policies = (part: number) =>
      Array.from({ length: 80 }, (_, index) => pair(5n, `p-${part * 80 + index}`));
    const PARTS = 6;
    for (let part = 0; part < PARTS; part++) {
      await report({ part, parts: PARTS, seq: 1, policies: policies(part) });
    }
    const { packets, policies: count } = await voided();
    expect([packets, count]).toEqual([2400n, 480]);
    const counters = await readShownCounters(db.client, db.tables);
    expect([...counters.values()].filter(({ packets: left, bytes }) => left !== 0n || bytes !== 0n)).toEqual(
      [],
    );
    expect((await auditTraffic({ ...db, clock: () => 0, deadline: 1 })).mismatches).toEqual([]);
  });

  it('also excludes a part that arrives late', async () => {
    await report({ part: 0, parts: 2, seq: 1, policies: [pair(10n)] });
    await voided();
    await report({ part: 1, parts: 2, seq: 1, policies: [pair(70n, 'late')] });
    expect(await shown('late')).toBe(0n);
    const [{ reason } = { reason: '' }] = await quarantined();
    expect(reason).toBe('boot_voided');
  });

  it('that comes between read and write of the first report of another part excludes that report', async () => {
    await report({ part: 0, parts: 2, seq: 1, policies: [pair(10n)] });
    const late = reportRecord(
      { ...BOOT, part: 1, parts: 2, seq: 1, sent_ms: now - T0, policies: [pair(70n, 'late')] },
      { sequence: 99, arrived_ms: now - T0 },
    );
    let calls = 0;
    const client = clientWith(async command => {
      if (command instanceof TransactWriteCommand && calls++ === 0) await voided();
      return db.client.send(command as never);
    });
    expect(await ingest([late], ingestContext({ ...db, client }))).toEqual([]);
    expect(await shown('late')).toBe(0n);
    expect((await quarantined()).map(({ reason }) => reason)).toEqual(['boot_voided']);
  });

  it('and its undo are the same before and after a recovery of the counters', async () => {
    await report({ policies: [pair(10n)], estimated: true });
    await report({ ...other, policies: [pair(3n)] });
    const { audit_id } = await voided();
    await recoverCounters(context(), { actor: ACTOR });
    expect(await shown()).toBe(3n);
    await undoVoidBoot(context(), { actor: ACTOR, audit_id });
    expect(await shown()).toBe(13n);
    const counts = (await readShownCounters(db.client, db.tables)).get('p')!;
    expect(counts.estimated_bytes).toBe(100n);
  });

  it('also subtracts estimated counts', async () => {
    await report({ policies: [pair(10n)], estimated: true });
    await report({ ...other, policies: [pair(3n)], estimated: true });
    await voided();
    const counts = (await readShownCounters(db.client, db.tables)).get('p')!;
    expect([counts.bytes, counts.estimated_bytes]).toEqual([30n, 30n]);
  });

  it('that is interrupted at any call is completed by the next request or by clean-up, once', async () => {
    await report({ policies: [pair(10n)] });
    await report({ ...other, policies: [pair(3n)] });
    const faults = makeFaults();
    const told: string[] = [];
    const onVoided = ({ boot_id }: { boot_id: string }) => {
      told.push(boot_id);
      return [];
    };
    for (let at = 0; ; at++) {
      faults.arm({ fault: at % 2 === 0 ? 'killed before' : 'killed after', at });
      const cut = await voidBoot(context(faults.on(db.client)), { ...BOOT, actor: ACTOR, onVoided }).catch(
        (error: Error) => error,
      );
      if (!(cut instanceof Error)) break;
      const heads = await readCorrectionHeads(db);
      expect(heads.length).toBeLessThanOrEqual(1);
      expect(await shown()).toBe(heads.length === 1 ? 3n : 13n);
      if (at % 3 === 0) {
        const again = voidBoot(context(), { ...BOOT, actor: ACTOR, onVoided });
        await again.catch((error: Error) => expect(error.name).toBe('Conflict'));
      }
      now += 60_001;
      await asFunction('cleanup', () =>
        finishVoids(context(), { until: Number.POSITIVE_INFINITY, onVoided }),
      );
      expect(await under(VOIDING_PARTITION)).toEqual([]);
      const [head] = await readCorrectionHeads(db);
      if (!head) continue;
      expect(await shown()).toBe(3n);
      await undoVoidBoot(context(), { actor: ACTOR, audit_id: head.audit_id });
      expect(await shown()).toBe(13n);
    }
    expect(await shown()).toBe(3n);
    expect(new Set(told)).toEqual(new Set(['wrong']));
  });

  it('gives an order to an edge that runs the boot, and only to such an edge', async () => {
    const told: string[] = [];
    const onVoided = ({ boot_id }: { boot_id: string }) => {
      told.push(boot_id);
      return [];
    };
    await report({ policies: [pair(1000n)] });
    await report({ boot_id: 'right', policies: [pair(300n)] });
    await voidBoot(context(), { ...BOOT, actor: ACTOR, onVoided });
    expect(told).toEqual([]);
    await voidBoot(context(), { ...BOOT, boot_id: 'right', actor: ACTOR, onVoided });
    expect(told).toEqual(['right']);
  });

  it('that makes a change again which was made again already is a Conflict, and the boot counts on', async () => {
    await report({ policies: [pair(1000n)] });
    const { audit_id } = await voided();
    const { audit_id: undo } = await undoVoidBoot(context(), { actor: ACTOR, audit_id });
    const reverses = { audit_id: undo, by_undo: true };
    const again = () => voidBoot(context(), { ...BOOT, actor: ACTOR, reverses });
    const { audit_id: second } = await again();
    await undoVoidBoot(context(), { actor: ACTOR, audit_id: second });
    await expect(again()).rejects.toThrow(
      new Conflict(`The change ${undo} was undone already, by ${second}. To make it again, undo that one.`),
    );
    expect(await under(VOIDING_PARTITION)).toEqual([]);
    await report({ policies: [pair(1500n)] });
    expect(await shown()).toBe(1500n);
  });

  it('is left to its request for a minute, then to the clean-up until its time limit', async () => {
    const finish = (until: number) => finishVoids(context(), { until, onVoided: () => [] });
    await report({ policies: [pair(1000n)] });
    let begun = false;
    const client = clientWith(async command => {
      if (begun) throw new Killed();
      const answer = await db.client.send(command as never);
      begun = command instanceof TransactWriteCommand;
      return answer;
    });
    await expect(voidBoot(context(client), { ...BOOT, actor: ACTOR })).rejects.toThrow(Killed);
    const [{ at }] = (await under(VOIDING_PARTITION)) as [{ at: number }];
    now = at + 59_999;
    expect(await finish(Number.POSITIVE_INFINITY)).toEqual({ finished: 0 });
    now = at + 60_000;
    expect(await finish(now)).toEqual({ finished: 0 });
    expect(await shown()).toBe(1000n);
    expect(await finish(now + 1)).toEqual({ finished: 1 });
    expect(await shown()).toBe(0n);
  });

  it('is a Conflict at the deadline while the lane is written all the time, and can be resumed', async () => {
    await report({ policies: [pair(1000n)] });
    await report({ boot_id: 'right', policies: [pair(1n)] });
    let transactions = 0;
    const client = beforeTransactions(async number => {
      transactions = number;
      if (number > 1 && number < 100) {
        await report({ boot_id: 'right', policies: [pair(BigInt(number))] });
      }
    });
    await expect(voidBoot(context(client), { ...BOOT, actor: ACTOR })).rejects.toThrow(
      new Conflict('Another request is changing the same data. Try again in a moment.'),
    );
    expect(await shown()).toBe(1000n + BigInt(transactions));
    await voided();
    expect(await shown()).toBe(BigInt(transactions));
  });

  it('that another run completes after a reset never mixes its chunks with those of the slower run', async () => {
    await report({ policies: [pair(1000n)] });
    await report({ ...other, policies: [pair(300n)] });
    await resetAllStats(context(), { actor: ACTOR });
    await report({ policies: [pair(1500n)] });
    await report({ ...other, policies: [pair(400n)] });
    expect(await shown()).toBe(600n);
    let isSlow = true;
    const slow = clientWith(async command => {
      // The chunk with the contents of resets; the faster run has one reset more in it.
      const { pk, sk } = (command instanceof PutCommand && command.input.Item) || { pk: '', sk: '' };
      if (`${pk}`.startsWith('CORRECTION#') && sk === '000001' && isSlow) {
        isSlow = false;
        await resetAllStats(context(), { actor: ACTOR });
        now += 60_001;
        await finishVoids(context(), { until: Number.POSITIVE_INFINITY, onVoided: () => [] });
      }
      return db.client.send(command as never);
    });
    await expect(voidBoot(context(slow), { ...BOOT, actor: ACTOR })).rejects.toThrow(
      'Boot "wrong" of edge "edge-1" was voided by another request just now.',
    );
    expect(await shown()).toBe(0n);
    await report({ ...other, policies: [pair(410n)] });
    expect(await shown()).toBe(10n);
  });

  it('never overwrites a report of another boot that is counted in the meantime', async () => {
    await report({ policies: [pair(1000n)] });
    await report({ boot_id: 'right', policies: [pair(300n)] });
    // The first one begins the void, the second one gives the lane a new version.
    const client = beforeTransactions(async number => {
      if (number === 2) await report({ boot_id: 'right', policies: [pair(500n)] });
    });
    await voidBoot(context(client), { ...BOOT, actor: ACTOR });
    await report({ boot_id: 'right', policies: [pair(600n)] });
    expect(await shown()).toBe(600n);
  });

  it.each([0, 1])('keeps its lane listed, with %i reports counted in the meantime', async meanwhile => {
    await report({ policies: [pair(1000n)] });
    const client = beforeTransactions(async number => {
      if (number !== 2) return;
      for (let left = meanwhile; left > 0; left--) {
        await report({ boot_id: 'right', policies: [pair(500n)] });
      }
    });
    await voidBoot(context(client), { ...BOOT, actor: ACTOR });
    const Key = laneKey(BOOT.edge_id, 0);
    const { Item } = await db.client.send(
      new GetCommand({ TableName: db.tables.traffic, Key, ConsistentRead: true }),
    );
    expect(Item).toMatchObject({ listed: true });
  });

  it('is begun once, also by concurrent requests', async () => {
    await report({ policies: [pair(1000n)] });
    await report({ ...other, policies: [pair(300n)] });
    const client = pausingBefore('TransactWriteItems', async () => {
      await voided();
    });
    await Promise.allSettled([voidBoot(context(client), { ...BOOT, actor: ACTOR })]);
    client.destroy();
    expect(await shown()).toBe(300n);
    expect(await readCorrectionHeads(db)).toHaveLength(1);
  });

  it('leaves the lane to the next boot that reports, with any clock', async () => {
    await report({ policies: [pair(10n)] });
    await voided();
    await report({ boot_id: 'slow', sent_ms: -1e9, policies: [{ ...pair(4n), active_flows: 7 }] });
    expect(await shown()).toBe(4n);
    expect((await readShownCounters(db.client, db.tables)).get('p')?.active_flows).toBe(7);
  });

  it('never expires', async () => {
    await report({ policies: [pair(10n)] });
    await voided();
    const heads = await under(CORRECTION_PARTITION);
    const chunks = await under(`${CORRECTION_PARTITION}#${heads[0]!.sk}#${heads[0]!.run}`);
    const mark = await db.client.send(
      new GetCommand({
        TableName: db.tables.traffic,
        Key: { pk: 'BOOT#edge-1', sk: 'PARTS#wrong' },
        ConsistentRead: true,
      }),
    );
    expect([heads.length, chunks.length, mark.Item?.voided]).toEqual([1, 1, heads[0]!.sk]);
    for (const item of [...heads, ...chunks, mark.Item!]) expect(item).not.toHaveProperty('expires_at');
  });
});

async function quarantined(): Promise<Item[]> {
  const buckets = Array.from({ length: 32 }, (_, bucket) => `QUARANTINE#${String(bucket).padStart(2, '0')}`);
  return (await Promise.all(buckets.map(under))).flat();
}
