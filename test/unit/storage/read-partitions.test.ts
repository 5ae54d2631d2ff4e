import type { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { readPartitions } from '../../../core/storage/read-partitions.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';

const KEY = { pk: 'p', sk: 's' };

it('the failure of a page that a reader no longer awaits is no error', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  const client = clientWith(async command => {
    const { ExclusiveStartKey } = (command as QueryCommand).input;
    return ExclusiveStartKey ? promise : { Items: [KEY], LastEvaluatedKey: KEY };
  });
  const read: unknown[] = [];
  for await (const page of readPartitions(client, 'traffic', ['p'])) {
    read.push(page);
    break;
  }
  expect(read).toEqual([{ index: 0, items: [KEY] }]);
  const unhandled: unknown[] = [];
  const note = (cause: unknown) => unhandled.push(cause);
  process.on('unhandledRejection', note);
  reject(new Error('throttled'));
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
