import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import type { Item } from '../../../core/storage/item.ts';
import { type Fault, faultyClient, Killed } from '../../support/faults.ts';
import { localClient } from '../../support/local-client.ts';
import {
  admin,
  auditOf,
  dump,
  type Hub,
  inventoryOf,
  makeHub,
  type NetworkBed,
  networkBed,
} from '../../support/network-bed.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

// DELETION_FAULTS=all also tries every call with 5,000 paths, which takes an hour.
const ALL = process.env.DELETION_FAULTS === 'all';

/**
 * The kinds of faults of a call: the function ends, the response is lost, the write is refused for
 * now.
 */
const TROUBLES: readonly Fault[] = [
  'killed after',
  'connection reset, landed',
  'canceled: TransactionConflict',
  'throttled',
  'internal error',
];

describe.each([0, 1, 44, 45, 300, 5000])('a fault at every call, %i paths', paths => {
  let db: TestTables;
  let bed: NetworkBed;
  let site: Hub;
  let whole: Map<string, Item>;
  const faulty = faultyClient(localClient({ maxAttempts: 1 }));
  beforeAll(async () => {
    db = await createTables();
    bed = networkBed(db);
    site = await makeHub(bed.context, { paths });
    whole = inventoryOf(await dump(bed.context));
  }, 300_000);
  afterAll(() => db.drop());

  const operations = { deleteSite, restoreSite };
  const run = (name: keyof typeof operations) =>
    operations[name]({ ...bed.context, client: faulty.client, deadline: bed.context.deadline }, admin, {
      site_id: site.hub.id,
    });

  /** Clean-up, as often as its schedule brings it. */
  async function cleanUp(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      bed.advance(120_000);
      await finishDeletions(bed.context, { until: bed.context.clock() + 60_000 });
    }
  }

  /** Whether the site exists; fails for any state between existing and deleted. */
  async function isThere(): Promise<{ there: boolean; items: Map<string, Item> }> {
    const items = await dump(bed.context);
    const found = inventoryOf(items);
    const there = found.has(`SITE#${site.hub.id} META`);
    const expected = there ? whole : withoutHub(whole, site.hub.id);
    expect([...found.keys()]).toEqual([...expected.keys()]);
    expect(found).toEqual(expected);
    expect([...items.keys()].filter(key => /^(DELETION|WAITING)/.test(key))).toEqual([]);
    return { there, items };
  }

  /** One run with a fault, clean-up, and the operation again if it had not begun. */
  async function runWith(name: 'deleteSite' | 'restoreSite', { at, fault }: Plan): Promise<void> {
    const before = auditOf(await dump(bed.context), name).length;
    faulty.arm({ at, fault });
    const outcome = await run(name).catch((cause: unknown) => cause);
    if (fault === 'killed after') expect(outcome).toBeInstanceOf(Killed);
    else expect(outcome).toMatchObject({ finished: true });
    faulty.arm();
    await cleanUp();
    const { there, items } = await isThere();
    const done = there === (name === 'restoreSite');
    expect(auditOf(items, name)).toHaveLength(before + (done ? 1 : 0));
    if (done) return;
    await run(name);
    bed.advance(1000);
    await cleanUp();
    expect((await isThere()).there).toBe(name === 'restoreSite');
  }

  /** The calls of an undisturbed run. */
  async function countCalls(name: 'deleteSite' | 'restoreSite'): Promise<number> {
    faulty.arm();
    await run(name);
    const calls = faulty.calls.length;
    await cleanUp();
    return calls;
  }

  it('leaves the site complete or deleted, on both sides, with one audit entry', async () => {
    const deletions = plansFor(paths, await countCalls('deleteSite'));
    const restores = plansFor(paths, await countCalls('restoreSite'));
    for (let turn = 0; turn < Math.max(deletions.length, restores.length); turn++) {
      await runWith('deleteSite', deletions[turn % deletions.length]!);
      await runWith('restoreSite', restores[turn % restores.length]!);
    }
  }, 7_200_000);
});

interface Plan {
  at: number;
  fault: Fault;
}

/**
 * One transaction and just above one: every fault at every call. A site of that size: a kill at
 * every call, one other fault at each. 300 paths: a kill at every fourth call, the others at every
 * twelfth. 5,000: two kills.
 */
function plansFor(paths: number, calls: number): Plan[] {
  const everyCall = Array.from({ length: calls }, (_, at) => at);
  const at = (fault: Fault) => (call: number) => ({ at: call, fault });
  if ([1, 45].includes(paths) || ALL) return TROUBLES.flatMap(fault => everyCall.map(at(fault)));
  if (paths > 300) return [Math.floor(calls / 2), calls - 1].map(at('killed after'));
  const step = paths < 45 ? 1 : 4;
  const others = everyCall.filter(call => call % (paths < 45 ? 1 : 12) === 0);
  return [
    ...everyCall.filter(call => call % step === 0).map(at('killed after')),
    ...others.map((call, index) => at(TROUBLES[1 + (index % 4)]!)(call)),
  ];
}

/** The inventory without a site and every path to it. */
function withoutHub(inventory: Map<string, Item>, siteId: string): Map<string, Item> {
  const touches = ({ pk, site_id, source_site_id, destination_site_id }: Item) =>
    pk === `SITE#${siteId}` || [site_id, source_site_id, destination_site_id].includes(siteId);
  return new Map([...inventory].filter(([, item]) => !touches(item)));
}
