import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { auditAction } from '../../../core/audit/audit-action.ts';
import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import { readAuditLog } from '../../../core/audit/read-audit-log.ts';
import { recordRefusal } from '../../../core/audit/record-refusal.ts';
import { Throttled } from '../../../core/errors.ts';
import { type BegunOperation, beginOperation } from '../../../core/storage/begun-operation.ts';
import { ConditionFailed } from '../../../core/storage/retrying.ts';
import { transact } from '../../../core/storage/transact.ts';
import { auditEntries, putLegacyEntry, someChange } from '../../support/audit-entries.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/*
 * Writers with long operations, several runs of an operation, lost responses, late writes, kills
 * and clocks that differ; readers that follow the log with their own clocks. One step is one
 * attempt of a transaction.
 */

/**
 * The largest difference of clocks and the latest arrival of a write, milliseconds. With both,
 * settling takes 55 s at most.
 */
const MAX_SKEW_MS = 20_000;
const MAX_TRY_MS = 15_000;

const START_MS = Date.parse('2026-01-31T23:58:30.000Z');

// The extremes are the critical values.
const skew = fc.constantFrom(-MAX_SKEW_MS, -MAX_SKEW_MS, 0, 300, MAX_SKEW_MS);
const index = fc.nat({ max: 5 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), clock: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('another run' as const), of: index, clock: index }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('try' as const),
      run: fc.nat({ max: 20 }),
      outcome: fc.constantFrom('answered', 'lost', 'lost, landed', 'lands late'),
      late_ms: fc.constantFrom(1000, MAX_TRY_MS, MAX_TRY_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), clock: index }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 700, MAX_TRY_MS - 100, 40_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      reader: fc.nat({ max: 1 }),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let t: TestTables;
beforeEach(async () => {
  t = await createTables();
});
afterEach(() => t.drop());

/** One run of an operation; several runs of one commit the same entry. */
interface Run {
  begun: BegunOperation;
  plan: { operation: string; number: number };
  clock: number;
  state: 'open' | 'committed' | 'committed by another';
}

class World {
  now = START_MS;
  readonly runs: Run[] = [];
  readonly refusals: string[] = [];
  readonly #skews: readonly number[];
  readonly readers: Reader[];
  #late: { at: number; land: () => Promise<unknown> }[] = [];

  constructor(skews: readonly number[]) {
    this.#skews = skews;
    this.readers = [new ByIdReader(this), new ByTimeReader(this)];
  }

  clock(of: number) {
    return () => this.now + this.#skews[of]!;
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'begin':
        this.#enter(beginOperation({ clock: this.clock(step.clock) }), step.clock);
        return;
      case 'another run':
        if (this.runs[step.of]) this.#enter(this.runs[step.of]!.begun, step.clock);
        return;
      case 'try': {
        const run = this.runs[step.run % Math.max(1, this.runs.length)];
        if (run?.state === 'open') await this.#try(run, step);
        return;
      }
      case 'refuse': {
        const store = { ...t, clock: this.clock(step.clock) };
        const refusal = { ...someChange, error_type: 'Conflict', message: 'no', request: null } as const;
        this.refusals.push(await recordRefusal(store, refusal));
        return;
      }
      case 'advance':
        await this.advance(step.ms);
        return;
      case 'read':
        await this.readers[step.reader]!.read(step.limit);
    }
  }

  /** Lets time pass; delayed writes land meanwhile. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    const due = this.#late.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    this.#late = this.#late.filter(({ at }) => at > until);
    for (const { at, land } of due) {
      this.now = at;
      await land().catch(() => {});
    }
    this.now = until;
  }

  #enter(begun: BegunOperation, clock: number): void {
    const plan = { operation: randomUUID(), number: 0 };
    this.runs.push({ begun, plan, clock, state: 'open' });
  }

  async #try(run: Run, { outcome, late_ms }: Extract<Step, { do: 'try' }>): Promise<void> {
    const send = async (command: object, ...more: []) => {
      const real = () => t.client.send(command as never, ...more) as Promise<unknown>;
      if (!(command instanceof TransactWriteCommand) || outcome === 'answered') return real();
      if (outcome === 'lost, landed') await real();
      if (outcome === 'lands late') this.#late.push({ at: this.now + late_ms, land: real });
      throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    };
    const client = { send } as unknown as DynamoDBDocumentClient;
    const clock = this.clock(run.clock);
    // One attempt in a step: the deadline is now.
    const retrying = { ...storeContext(t, clock), deadline: clock() };
    const record = auditAction(t.tables, run.begun, someChange);
    try {
      const number = await transact(client, [record], retrying, { plan: run.plan });
      expect(number).toBeLessThanOrEqual(run.plan.number);
      run.state = 'committed';
    } catch (cause) {
      if (cause instanceof ConditionFailed) run.state = 'committed by another';
      else if (!(cause instanceof Throttled) || outcome === 'answered') throw cause;
      run.plan = { ...run.plan, number: run.plan.number + 1 };
    }
  }
}

abstract class Reader {
  readonly seen: string[] = [];
  protected readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  abstract read(limit: number): Promise<number>;

  protected page(clock: number, query: Omit<Parameters<typeof readAuditLog>[1], 'filter'>, from_ms?: number) {
    return readAuditLog(storeContext(t, this.world.clock(clock)), {
      ...query,
      filter: { ...(from_ms !== undefined && { from_ms }) },
    });
  }
}

/** Continues after its last entry, page by page, and knows nothing else. */
class ByIdReader extends Reader {
  async read(limit: number): Promise<number> {
    const page = await this.page(4, { limit, oldest_first: true, after_id: this.seen.at(-1) });
    this.seen.push(...ids(page.items));
    return page.items.length;
  }
}

/** Reads all pages from the time until which the last read called the log settled. */
class ByTimeReader extends Reader {
  #from_ms = 0;

  async read(limit: number): Promise<number> {
    let next_token: string | null = null;
    let found = 0;
    let settled_until_ms = 0;
    do {
      const page = await this.page(5, { limit, oldest_first: true, next_token }, this.#from_ms);
      this.seen.push(...ids(page.items));
      found += page.items.length;
      // Of the first page: entries that settle during the read may be before the ones that were
      // read.
      settled_until_ms ||= page.settled_until_ms;
      next_token = page.next_token;
    } while (next_token !== null);
    this.#from_ms = Math.max(this.#from_ms, settled_until_ms);
    return found;
  }
}

const ids = (items: AuditEntry[]) => items.map(({ id }) => id);

/**
 * The entry of a slow writer lands as late as possible, after a later one that readers with fast
 * clocks may have seen.
 */
const AT_THE_LIMIT: { skews: number[]; steps: Step[] } = {
  skews: [-MAX_SKEW_MS, 0, 0, 0, MAX_SKEW_MS, MAX_SKEW_MS],
  steps: [
    { do: 'begin', clock: 0 },
    { do: 'begin', clock: 0 },
    { do: 'try', run: 0, outcome: 'lands late', late_ms: MAX_TRY_MS },
    { do: 'advance', ms: 1 },
    { do: 'try', run: 1, outcome: 'answered', late_ms: 1000 },
    { do: 'advance', ms: MAX_TRY_MS - 2 },
    { do: 'read', reader: 0, limit: 3 },
    { do: 'read', reader: 0, limit: 3 },
    { do: 'read', reader: 1, limit: 3 },
  ],
};

it('can be followed without gaps and repeats, and has one entry for each committed operation', async () => {
  const world = fc.record({
    skews: fc.array(skew, { minLength: 6, maxLength: 6 }),
    steps: fc.array(step, { minLength: 30, maxLength: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ skews, steps }) => {
      await t.drop();
      t = await createTables();
      const legacy: string[] = [];
      for (const before of [90_000_000, 200_000, 200_000, 100_000]) {
        const at_ms = START_MS - before;
        legacy.push(await putLegacyEntry(t, { at_ms }, { ...someChange, actor: systemCaller('old') }));
      }
      const bed = new World(skews);
      for (const each of steps) await bed.take(each);
      await bed.advance(60_000 + 2 * MAX_SKEW_MS + MAX_TRY_MS);
      for (const reader of bed.readers) while ((await reader.read(2)) > 0);

      const stored = (await auditEntries(t)).map(({ id }) => String(id));
      expect(new Set(stored).size).toBe(stored.length);
      for (const { begun, state } of bed.runs) {
        if (state !== 'open') expect(stored).toContain(begun.audit_id);
      }
      const log = [...legacy.sort(), ...stored];
      for (const reader of bed.readers) expect(reader.seen).toEqual(log);
      const newestFirst = await readAuditLog(
        storeContext(t, () => bed.now + 100_000),
        { limit: 1000, filter: {} },
      );
      expect(ids(newestFirst.items)).toEqual(log.toReversed());
    }),
    { numRuns: 50, examples: [[AT_THE_LIMIT]] },
  );
}, 300_000);
