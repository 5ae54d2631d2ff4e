import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  OPERATION_KIND,
  type RunningOperation,
  runningItem,
} from '../../../core/inventory/model/running-operation.ts';
import { readVisible } from '../../../core/inventory/removal/hidden-sites.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { RUNNING_DELETION } from '../../support/running-operation.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const ended = (kind: RunningOperation['kind'], operation_id = 'o'): RunningOperation => ({
  ...RUNNING_DELETION,
  ...{ kind, operation_id, state: 'ENDED', ended_ms: 1 },
});

/** Whether site "s" is hidden, and how often the inventory was read, with these entries. */
async function readWith(entriesAt: (reading: number) => RunningOperation[]) {
  let reads = 0;
  const client = clientWith(async command => {
    if (!(command instanceof QueryCommand)) expect.fail('it did more than query');
    return { Items: entriesAt(reads).map(runningItem) };
  });
  const read = async () => ++reads;
  const context = storeContext({ client, tables: TABLES }, () => 0);
  const hidden = await readVisible(context, read, (_, { site }) => site('s'));
  return { hidden, reads };
}

describe('a reader of the inventory', () => {
  it.each(Object.values(OPERATION_KIND))('never sees a site during %s', async kind => {
    expect(await readWith(() => [{ ...RUNNING_DELETION, kind }])).toEqual({ hidden: true, reads: 1 });
  });

  it('hides a deleted site as long as the entry exists, without another read', async () => {
    expect(await readWith(() => [ended(OPERATION_KIND.deleteSite)])).toEqual({ hidden: true, reads: 1 });
  });

  it('reads again when a restore has ended, then shows the site', async () => {
    expect(await readWith(() => [ended(OPERATION_KIND.restoreSite)])).toEqual({ hidden: false, reads: 2 });
  });

  it('reads at most four times, then hides the site whose operation ended last', async () => {
    const next = (reading: number) => [ended(OPERATION_KIND.restoreSite, `operation ${reading}`)];
    expect(await readWith(next)).toEqual({ hidden: true, reads: 4 });
  });
});
