import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { listedSince, listingGroups, noteListing } from '../../../core/ledger/listing/listing-state.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { T0 } from '../../support/report-records.ts';
import { storeContext } from '../../support/store-context.ts';

const MINUTE = 60_000;

it('keeps the result of a later check when a slow, earlier check ends', async () => {
  const store = new FakeDynamoDb();
  const [buckets, ...others] = listingGroups();
  let now = T0;
  const context = {
    client: store.client,
    tables: { traffic: 'traffic' },
    clock: () => now,
    sleep: async () => {},
    random: () => 0.5,
    deadline: T0 + 60 * MINUTE,
  };
  const look = (unlisted: number) => ({ buckets: buckets!, began: now, unlisted });
  for (let looks = 0; looks < 2; looks++) {
    for (const group of [buckets!, ...others]) {
      await noteListing(context, { buckets: group, began: now, unlisted: 0 });
    }
    now += 5 * MINUTE;
  }
  expect(await listedSince(context)).toBe(T0);

  // A slow check that found all lanes listed is about to be noted; one that began later finds an
  // unlisted lane.
  const slow = look(0);
  now += MINUTE;
  const overtaken = clientWith(async command => {
    if (command instanceof PutCommand) await noteListing(context, look(1));
    return store.send(command);
  });
  await noteListing({ ...context, client: overtaken }, slow);
  expect(await listedSince(context)).toBeUndefined();
});

it('keeps the first result of a group if a check that began at the same time ends later', async () => {
  const store = new FakeDynamoDb();
  const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
  const context = storeContext({ client: store.client, tables }, () => T0);
  const buckets = listingGroups()[0]!;
  const overtaken = clientWith(async command => {
    if (command instanceof PutCommand) await noteListing(context, { buckets, began: T0, unlisted: 1 });
    return store.send(command);
  });
  await noteListing({ ...context, client: overtaken }, { buckets, began: T0, unlisted: 0 });
  const stored = store.dump().filter(({ pk }) => pk === 'LISTING');
  expect(stored).toEqual([{ pk: 'LISTING', sk: buckets[0], looked_at: T0 }]);
});
