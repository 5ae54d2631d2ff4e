import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { type RunningOperation, runningItem } from '../../../core/inventory/model/running-operation.ts';
import { trackProgress } from '../../../core/inventory/removal/operation-progress.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { RUNNING_DELETION } from '../../support/running-operation.ts';
import { cancelled } from '../../support/sdk-errors.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

/** The progress of a run whose writes of the entry are answered by `write`. */
function tracked({
  resumed = false,
  write = async () => {},
}: {
  resumed?: boolean;
  write?(): Promise<void>;
}) {
  const writes: number[] = [];
  const bed = { now: 0, writes };
  const client = clientWith(async command => {
    if (!(command instanceof UpdateCommand)) expect.fail('it did more than write the entry');
    writes.push(command.input.ExpressionAttributeValues![':set_done_paths'] as number);
    await write();
    return {};
  });
  const context = storeContext({ client, tables: TABLES }, () => bed.now);
  return { bed, progress: trackProgress(context, RUNNING_DELETION, { resumed }) };
}

describe('the progress of a run', () => {
  it('is recorded at most once a second', async () => {
    const { bed, progress } = tracked({});
    for (const now of [0, 999, 1000, 1001, 1999, 2000]) {
      bed.now = now;
      progress.add(1);
      await progress.settled();
    }
    expect(bed.writes).toEqual([3, 6]);
    expect(progress.done()).toBe(6);
  });

  it('is never written twice at the same time, and settles when the write has ended', async () => {
    const answered = Promise.withResolvers<void>();
    const { bed, progress } = tracked({ write: () => answered.promise });
    for (const now of [1000, 5000]) {
      bed.now = now;
      progress.add(1);
    }
    let entry: RunningOperation | undefined;
    const settled = progress.settled().then(found => {
      entry = found;
    });
    // Long enough for a second write and for an answer that doesn't wait.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect({ writes: bed.writes, entry }).toEqual({ writes: [1], entry: undefined });
    answered.resolve();
    await settled;
    expect(entry).toMatchObject({ seq: 2, done_paths: 1 });
  });

  it('never stops the run if it cannot be written', async () => {
    const write = async () => {
      throw new Error('no such table');
    };
    const { bed, progress } = tracked({ write });
    bed.now = 1000;
    progress.add(2);
    expect(await progress.settled()).toEqual(RUNNING_DELETION);
    expect(progress.unfinished()).toEqual({ finished: false, paths: 2 });
  });

  it('is exact only when no other run took part', () => {
    const alone = tracked({}).progress;
    alone.add(2);
    expect(alone.exact()).toBe(2);
    alone.add(1, 2);
    expect(alone.exact()).toBeUndefined();
    expect(tracked({ resumed: true }).progress.exact()).toBeUndefined();
  });

  it('is not exact if another run made the last transaction fail', async () => {
    const client = clientWith(async command => {
      if (command instanceof GetCommand) return { Item: runningItem({ ...RUNNING_DELETION, seq: 5 }) };
      if (!(command instanceof TransactWriteCommand)) expect.fail('it did more than end the operation');
      throw cancelled('ConditionalCheckFailed');
    });
    const context = storeContext({ client, tables: TABLES }, () => 0);
    const progress = trackProgress(context, RUNNING_DELETION, { resumed: false });
    expect(await progress.end([{ Delete: { TableName: 'network', Key: { pk: 'p', sk: 's' } } }])).toBe(false);
    expect([progress.exact(), progress.isRunning()]).toEqual([undefined, true]);
    expect(await progress.settled()).toMatchObject({ seq: 5 });
  });
});
