import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConditionFailed } from '../../../core/storage/retrying.ts';
import { transact } from '../../../core/storage/transact.ts';
import type { TimedRecord } from '../../../core/storage/write-action.ts';
import { cancelled, named } from '../../support/sdk-errors.ts';

const PLAN = { operation: 'operation', number: 1 };
const OTHERS = [{ Put: { TableName: 'network', Item: {} } }, { Put: { TableName: 'cache', Item: {} } }];

type Answer = Error | 'nothing' | undefined;

/**
 * Runs a transaction of two actions and a record, whose calls are answered by the next of these: an
 * error, nothing at all, or undefined for done. `by`: the try that has committed the record.
 */
function start(answers: readonly Answer[], { by, others = OTHERS }: { by?: string; others?: object[] } = {}) {
  const world = {
    now: 0,
    sent: [] as { tables: string[]; token: string }[],
    tries: [] as string[],
    reads: 0,
  };
  const send = (
    { input }: { input: { TransactItems: { Put: { TableName: string } }[]; ClientRequestToken: string } },
    { abortSignal }: { abortSignal: AbortSignal },
  ) => {
    const tables = input.TransactItems.map(({ Put }) => Put.TableName);
    const answer = answers[world.sent.push({ tables, token: input.ClientRequestToken }) - 1];
    return new Promise<void>((resolve, reject) => {
      if (answer === 'nothing') abortSignal.addEventListener('abort', () => reject(abortSignal.reason));
      else if (answer) reject(answer);
      else resolve();
    });
  };
  const record: TimedRecord = {
    actionsOfTry(now_ms, try_id) {
      world.tries.push(`${try_id} at ${now_ms}`);
      return [{ Put: { TableName: 'audit', Item: {} } }, { Put: { TableName: 'receipts', Item: {} } }];
    },
    committedBy: async () => {
      world.reads += 1;
      return by;
    },
  };
  const retrying = {
    clock: () => world.now,
    sleep: async (ms: number) => {
      world.now += ms;
    },
    random: () => 0.5,
    deadline: 1000,
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const done = transact(client, [record, ...others] as never, retrying, { dispensable: 'cache', plan: PLAN });
  return Object.assign(world, { done });
}

afterEach(() => vi.useRealTimers());

describe('a transaction with a record', () => {
  it('has the record at the end, made again for each try with a new token', async () => {
    const world = start([cancelled('TransactionConflict', 'None', 'None', 'None')]);
    expect(await world.done).toBe(1);
    const tables = ['network', 'cache', 'audit', 'receipts'];
    expect(world.sent.map(sent => sent.tables)).toEqual([tables, tables]);
    expect(world.sent[0]!.token).not.toBe(world.sent[1]!.token);
    expect(world.tries).toEqual(['operation#1 at 0', `operation#1 at ${world.now}`]);
    expect(world.now).toBeGreaterThan(0);
    expect(world.reads).toBe(0);
  });

  it.each(['operation#0', 'operation#1'])('is done if its receipt shows that %s committed it', async by => {
    const world = start([cancelled('None', 'None', 'None', 'ConditionalCheckFailed')], { by });
    expect(await world.done).toBe(Number(by.at(-1)));
  });

  it('is done if only the first action of its record failed, and a try of it has committed', async () => {
    const world = start([cancelled('None', 'None', 'ConditionalCheckFailed', 'None')], { by: 'operation#1' });
    expect(await world.done).toBe(1);
  });

  it.each([undefined, 'another#1'])('fails if its receipt is of %s', async by => {
    const world = start([cancelled('None', 'None', 'None', 'ConditionalCheckFailed')], by ? { by } : {});
    await expect(world.done).rejects.toThrow(ConditionFailed);
  });

  it('fails at a condition of the others without a look at its receipt', async () => {
    const world = start([cancelled('None', 'ConditionalCheckFailed', 'None', 'None')], { by: 'operation#1' });
    await expect(world.done).rejects.toThrow(ConditionFailed);
    expect(world.reads).toBe(0);
  });

  it('does not leave out the dispensable table for trouble of its record', async () => {
    const world = start([cancelled('None', 'None', 'None', 'ThrottlingError')]);
    await world.done;
    expect(world.sent.map(({ tables }) => tables.includes('cache'))).toEqual([true, true]);
  });

  it('is sent once if it is refused and nothing can be left out', async () => {
    const refused = named('ValidationException');
    const world = start([refused], { others: OTHERS.slice(0, 1) });
    await expect(world.done).rejects.toBe(refused);
    expect(world.sent).toHaveLength(1);
  });

  it('waits for a try for 15 seconds at most, then tries again', async () => {
    vi.useFakeTimers();
    const world = start(['nothing']);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(world.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await world.done).toBe(1);
    expect(world.sent).toHaveLength(2);
  });
});
