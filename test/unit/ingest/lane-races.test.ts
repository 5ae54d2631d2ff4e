import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

let store: FakeDynamoDb;
beforeEach(() => {
  store = new FakeDynamoDb();
});

/** A function with a memory of its own, whose calls go through `send`. */
const aFunction = (send: (command: unknown) => Promise<unknown> = command => store.send(command)) =>
  ingestContext({ client: clientWith(send), tables: TABLES });

/** Ingests a report of this number, by which policy 7 has as many packets. */
const report = (context: IngestContext, seq: number) =>
  ingest([reportRecord({ seq, policies: [{ policy_id: '7', packets: BigInt(seq) }] })], context);

const packets = async () => (await readCounters(store.client, TABLES)).get('7')?.packets;

describe('a lane written by two functions', () => {
  it.each([
    ['as its first writers', 0],
    ['after both have read it', 1],
  ])('counts each report once if both write at once, %s', async (_, before) => {
    if (before > 0) await report(aFunction(), before);
    let isOvertaken = false;
    const slow = aFunction(async command => {
      if (command instanceof TransactWriteCommand && !isOvertaken) {
        isOvertaken = true;
        await report(aFunction(), before + 2);
      }
      return store.send(command);
    });
    expect(await report(slow, before + 1)).toEqual([]);
    expect(await packets()).toBe(BigInt(before + 2));
    expect(slow.tally).toMatchObject({ ConditionsFailed: 1, ReportsOld: 1, ReportsApplied: 0 });
  });

  it('is read again by a function that remembers an earlier state', async () => {
    const remembering = aFunction();
    await report(remembering, 1);
    await report(aFunction(), 2);
    expect(await report(remembering, 3)).toEqual([]);
    expect(await packets()).toBe(3n);
    expect(remembering.tally).toMatchObject({ ConditionsFailed: 1, LanesRead: 2 });
    // At once, without a wait.
    expect(remembering.clock()).toBe(T0);
  });
});

describe('a lane', () => {
  it('is read again before the next write if the response to a write was lost', async () => {
    let isLost = false;
    const context = aFunction(async command => {
      const answer = await store.send(command);
      if (!(command instanceof TransactWriteCommand) || isLost) return answer;
      isLost = true;
      throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    });
    expect(await report(context, 5)).toEqual([]);
    expect(await packets()).toBe(5n);
    expect(context.tally).toMatchObject({ ReportsOld: 1, LanesRead: 2, ConditionsFailed: 0 });
  });

  it('is read before a report is called old, in case the table was restored to an earlier time', async () => {
    const remembering = aFunction();
    await report(remembering, 3);
    const earlier = new Map(store.items);
    await report(remembering, 5);
    store.items.clear();
    for (const [key, item] of earlier) store.items.set(key, item);
    expect(await report(remembering, 4)).toEqual([]);
    expect(await packets()).toBe(4n);
  });

  it('is written only after it is in the lists that readers use', async () => {
    const isListed = () => store.dump().some(({ pk }) => String(pk).startsWith('SITE#'));
    // The list of a site accepts no write, and all others do.
    const context = aFunction(async command => {
      if (!(command instanceof PutCommand) || !command.input.Item?.pk.startsWith('SITE#'))
        return store.send(command);
      throw Object.assign(new Error('m'), { name: 'ThrottlingException' });
    });
    expect(await report(context, 1)).toHaveLength(1);
    expect([isListed(), await packets()]).toEqual([false, undefined]);
    expect(await readLanesOfEdge(store.client, TABLES, 'edge-1')).toEqual([]);
    expect(await report(aFunction(), 1)).toEqual([]);
    expect([isListed(), await packets()]).toEqual([true, 1n]);
  });
});
