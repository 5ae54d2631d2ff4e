import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { listingGroups, noteListing } from '../../../core/ledger/listing/listing-state.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const [BUCKETS] = listingGroups() as [string[]];

it.each([
  ['the first', undefined],
  ['a later', 100],
])(
  'a check of the lists of lanes never replaces %s check that was stored in the meantime',
  async (_, before) => {
    const database = new FakeDynamoDb();
    const context = storeContext({ client: database.client, tables: TABLES }, () => 0);
    const note = (began: number, unlisted: number) =>
      noteListing(context, { buckets: BUCKETS, began, unlisted });
    if (before !== undefined) await note(before, 0);
    const client = clientWith(async command => {
      if (command instanceof PutCommand) await note(300, 1);
      return database.send(command);
    });
    await noteListing({ ...context, client }, { buckets: BUCKETS, began: 200, unlisted: 0 });
    const stored = database.dump().filter(({ pk }) => pk === 'LISTING');
    expect(stored).toEqual([{ pk: 'LISTING', sk: BUCKETS[0], looked_at: 300 }]);
  },
);
