import { beforeEach, describe, expect, it } from 'vitest';
import { notifyRefusedBoots, readRefusedBoot } from '../../../core/commands/new-boot.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const BEGIN = Date.UTC(2026, 0, 31, 12);
const DAY_MS = 86_400_000;

const refused = (seq: number, boot_id = 'boot-1', part = 0) => ({
  ...{ edge_id: 'edge-1', boot_id, part, seq },
  reason: `report ${seq}`,
});

describe('an edge whose reports contradict their boot', () => {
  let now: number;
  let database: FakeDynamoDb;
  let context: StoreContext;

  beforeEach(() => {
    now = BEGIN;
    database = new FakeDynamoDb();
    context = storeContext({ client: database.client, tables: TABLES }, () => now++);
  });

  const order = () => readRefusedBoot(context, 'edge-1');

  it('is notified of each of them once, however often they are delivered', async () => {
    await notifyRefusedBoots(context, [refused(1), refused(1)]);
    await notifyRefusedBoots(context, [refused(1)]);
    expect(await order()).toMatchObject({ boot_id: 'boot-1', contradictions: 1 });
    await notifyRefusedBoots(context, [refused(1), refused(1, 'boot-1', 1)]);
    expect(await order()).toMatchObject({ contradictions: 2 });
  });

  it('is notified of at most three of them', async () => {
    await notifyRefusedBoots(context, [refused(1), refused(2), refused(3), refused(4)]);
    await notifyRefusedBoots(context, [refused(5)]);
    expect(await order()).toMatchObject({ contradictions: 3 });
  });

  it('has at most one command, that of its last boot', async () => {
    await notifyRefusedBoots(context, [refused(1), refused(2)]);
    await notifyRefusedBoots(context, [refused(1, 'boot-2')]);
    expect(await order()).toMatchObject({ boot_id: 'boot-2', contradictions: 1, reason: 'report 1' });
    expect(database.dump().filter(({ pk }) => pk === 'COMMAND#edge-1')).toHaveLength(1);
  });

  it('is notified again after a day', async () => {
    await notifyRefusedBoots(context, [refused(1), refused(2)]);
    now += DAY_MS + 1000;
    expect(await order()).toBeUndefined();
    await notifyRefusedBoots(context, [refused(3)]);
    expect(await order()).toMatchObject({ contradictions: 1 });
  });

  it.each([
    ['its first', []],
    ['another', [refused(1)]],
  ])('keeps %s command that another function stored in the meantime', async (_, before) => {
    await notifyRefusedBoots(context, before);
    let calls = 0;
    const client = clientWith(async command => {
      if (++calls === 2) await notifyRefusedBoots(context, [refused(2)]);
      return database.send(command);
    });
    await notifyRefusedBoots({ ...context, client }, [refused(3)]);
    expect(await order()).toMatchObject({ contradictions: before.length + 1, reason: 'report 2' });
  });
});
