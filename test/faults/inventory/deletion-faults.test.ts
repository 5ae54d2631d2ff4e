import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import type { Item } from '../../../core/storage/item.ts';
import { firstCall } from '../../support/call-step.ts';
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

// DELETION_FAULTS=all tries every fault, with up to 300 paths at every call.
const ALL = process.env.DELETION_FAULTS === 'all';
const MANY = ALL ? 5000 : 1000;

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

describe.each([0, 1, 44, 45, 300, MANY])('a fault at every call, %i paths', paths => {
  let db: TestTables;
  let bed: NetworkBed;
  let site: Hub;
  let whole: Map<string, Item>;
  /** All items at the last check of the site. */
  let seen: Map<string, Item>;
  const faulty = faultyClient(localClient({ maxAttempts: 1 }));
  beforeAll(async () => {
    db = await createTables();
    bed = networkBed(db);
    site = await makeHub(bed.context, { paths });
    seen = await dump(bed.context);
    whole = inventoryOf(seen);
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
  async function isThere(): Promise<boolean> {
    seen = await dump(bed.context);
    const found = inventoryOf(seen);
    const there = found.has(`SITE#${site.hub.id} META`);
    const expected = there ? whole : withoutHub(whole, site.hub.id);
    expect([...found.keys()]).toEqual([...expected.keys()]);
    expect(found).toEqual(expected);
    expect([...seen.keys()].filter(key => /^(DELETION|WAITING)/.test(key))).toEqual([]);
    return there;
  }

  /** One run with a fault, clean-up, and the operation again if it had not begun. */
  async function runWith(name: 'deleteSite' | 'restoreSite', { at, fault }: Plan): Promise<void> {
    const before = auditOf(seen, name).length;
    faulty.arm({ at, fault });
    const outcome = await run(name).catch((cause: unknown) => cause);
    if (fault === 'killed after') expect(outcome).toBeInstanceOf(Killed);
    else expect(outcome).toMatchObject({ finished: true });
    faulty.arm();
    await cleanUp();
    const done = (await isThere()) === (name === 'restoreSite');
    expect(auditOf(seen, name)).toHaveLength(before + (done ? 1 : 0));
    if (done) return;
    await run(name);
    bed.advance(1000);
    await cleanUp();
    expect(await isThere()).toBe(name === 'restoreSite');
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
    expect(await isThere()).toBe(true);
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

/** Of more than 300 paths, where most calls do the same. */
const SOME_CALLS = 12;

/**
 * One path: every fault at every call. One transaction and just more than one: a kill at every
 * call, and one other fault at each, a different one in each run of the suite. 300 paths: a kill at
 * every fourth call, the others at every twelfth. More: two kills. DELETION_FAULTS=all: every fault
 * at every call, of more paths at {@link SOME_CALLS} calls.
 */
function plansFor(paths: number, calls: number): Plan[] {
  const everyCall = Array.from({ length: calls }, (_, at) => at);
  const at = (fault: Fault) => (call: number) => ({ at: call, fault });
  if (paths === 1 || (ALL && paths <= 300)) return TROUBLES.flatMap(fault => everyCall.map(at(fault)));
  if (ALL) return TROUBLES.flatMap(fault => spread(calls, SOME_CALLS).map(at(fault)));
  if (paths > 300) return [Math.floor(calls / 2), calls - 1].map(at('killed after'));
  const [kills, others] = paths < 300 ? [1, 1] : [4, 12];
  const first = firstCall(TROUBLES.length - 1);
  return [
    ...everyCall.filter(call => call % kills === 0).map(at('killed after')),
    ...everyCall
      .filter(call => call % others === 0)
      .map((call, index) => at(TROUBLES[1 + ((first + index) % (TROUBLES.length - 1))]!)(call)),
  ];
}

/** Numbers from 0 to `calls`, evenly spread, the first and the last included. */
function spread(calls: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((index * (calls - 1)) / (count - 1)));
}

/** The inventory without a site and every path to it. */
function withoutHub(inventory: Map<string, Item>, siteId: string): Map<string, Item> {
  const touches = ({ pk, site_id, source_site_id, destination_site_id }: Item) =>
    pk === `SITE#${siteId}` || [site_id, source_site_id, destination_site_id].includes(siteId);
  return new Map([...inventory].filter(([, item]) => !touches(item)));
}
