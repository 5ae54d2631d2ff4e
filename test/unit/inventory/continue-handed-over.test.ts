import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { runningKey } from '../../../core/inventory/model/inventory-keys.ts';
import { type RunningOperation, runningItem } from '../../../core/inventory/model/running-operation.ts';
import { continueHandedOver } from '../../../core/inventory/removal/continue-handed-over.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { RUNNING_DELETION } from '../../support/running-operation.ts';
import { storeContext } from '../../support/store-context.ts';

const RUNNING: RunningOperation = { ...RUNNING_DELETION, handed_over: true };

it.each<[string, RunningOperation | undefined]>([
  // The run that works on it continues; two at once would do everything twice.
  ['that was not handed over', { ...RUNNING, handed_over: false }],
  ['that has ended', { ...RUNNING, state: 'ENDED', ended_ms: 1 }],
  ['that no longer exists', undefined],
])('does not continue an operation %s', async (_, operation) => {
  const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
  const client = clientWith(async command => {
    if (!(command instanceof GetCommand)) expect.fail('it did more than read the entry');
    return operation ? { Item: runningItem(operation) } : {};
  });
  const context = storeContext({ client, tables }, () => 1e9);
  expect(await continueHandedOver(context, runningKey('s'), Number.POSITIVE_INFINITY)).toBe('nothing to do');
});
