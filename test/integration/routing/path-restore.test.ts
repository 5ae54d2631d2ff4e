import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Conflict } from '../../../core/errors.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import {
  policyRoutingSchema,
  readEnabledRouting,
  setPolicyRouting,
} from '../../../core/routing/decisions/policy-routing.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import { isOut, outFor } from '../../../core/routing/failover/path-out.ts';
import type { WithdrawalTerms } from '../../../core/routing/failover/path-state.ts';
import { readPathStates } from '../../../core/routing/failover/path-states-store.ts';
import { restorePath } from '../../../core/routing/failover/restore-path.ts';
import { auditEntries } from '../../support/audit-entries.ts';
import { actor, definePolicy, measured, routingWorld } from '../../support/routing-world.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

async function world() {
  const one = await routingWorld(db);
  const { time, context, caches, monitor, fast } = one;
  return {
    ...one,
    /** This number of minutes with a measurement every 20 s. */
    async measure(minutes: number, { latency = 10, loss = 0 } = {}) {
      for (let third = 0; third < minutes * 3; third++) {
        await time.advance(20_000);
        await monitor.observe(context, [measured(time, fast, latency, loss)]);
      }
    },
    async out(): Promise<string[]> {
      const [states, enabled] = [await readPathStates(context, fast), await readEnabledRouting(context)];
      return outFor(states, { enabled: enabled.keys(), now: time.clock() });
    },
    withdraw: (terms?: WithdrawalTerms) =>
      failOverPath(context, caches, { path_id: fast, actor, ...(terms && { terms }) }),
    restore: () => restorePath(context, caches, { path_id: fast, actor }),
  };
}

describe('restorePath', () => {
  it('returns a path to service at once, whether an operator withdrew it or it was bad', async () => {
    const { time, measure, out, withdraw, restore, fast } = await world();
    await measure(1);
    await withdraw();
    expect(await out()).toEqual(['*']);
    await time.advance(1000);
    const { receipt } = await restore();
    expect(receipt).toMatchObject({ path_id: fast, without_path: [], samples: [{ latency_ms: 10 }] });
    expect(await out()).toEqual([]);
    await measure(1, { loss: 50 });
    expect(await out()).toContain('default');
    await restore();
    expect(await out()).toEqual([]);
    // The next bad measurement fails it over again.
    await measure(1, { loss: 50 });
    expect(await out()).toContain('default');
    const entries = (await auditEntries(db)).filter(({ target }) => target === `path:${fast}`);
    expect(entries.map(({ operation }) => operation)).toEqual([
      ...['createPath', 'failoverPath', 'restorePath'],
      ...['failoverPath', 'restorePath', 'failoverPath'],
    ]);
    expect(entries[2]).toMatchObject({
      before: { out: ['*'] },
      after: { out: [] },
      event: { type: 'PATH_RESTORED' },
    });
  });

  it('is a Conflict if no policy has left the path', async () => {
    const { restore, fast } = await world();
    await expect(restore()).rejects.toThrow(
      new Conflict(`Path ${fast} is in use: no policy has left it, so there is nothing to restore.`),
    );
  });
});

describe('a withdrawal', () => {
  it('holds for later policies too for as long as measurements of the path are bad', async () => {
    const { context, time, monitor, fast, out, withdraw } = await world();
    await withdraw();
    for (let past_ms = 0; past_ms <= HOUR; past_ms += 4 * MINUTE) {
      await time.advance(4 * MINUTE);
      await monitor.observe(context, [measured(time, fast, 10, 50)]);
    }
    expect(await out()).toEqual(['*']);
    const { id: policy_id } = await definePolicy(context, 'later');
    expect(isOut(await readPathStates(context, fast), { policy_id, now: time.clock() })).toBe(true);
  });
});

describe('a maintenance', () => {
  it('keeps a healthy path out of service until its end, then lets it return', async () => {
    const { time, measure, out, withdraw, done } = await world();
    await measure(1);
    await withdraw({ until_ms: time.clock() + 10 * MINUTE });
    await measure(9);
    expect(await out()).toEqual(['*']);
    expect(done).toEqual([]);
    await measure(1);
    // It was good all the time: the first measurement after the end returns it to service.
    expect(done).toEqual(['failbackPath']);
    expect(await out()).toEqual([]);
  });

  it('does not return a bad path to service at its end', async () => {
    const { time, measure, out, withdraw } = await world();
    await withdraw({ until_ms: time.clock() + 10 * MINUTE });
    await measure(15, { loss: 50 });
    expect(await out()).toEqual(['*']);
    await measure(2);
    expect(await out()).toEqual([]);
  });

  it('without an end lasts until the path is restored', async () => {
    const { time, measure, out, withdraw, restore } = await world();
    await withdraw({ until_restored: true });
    await measure(3);
    await time.advance(48 * HOUR);
    expect(await out()).toEqual(['*']);
    await restore();
    expect(await out()).toEqual([]);
  });

  it('can get other terms, and says how it ends', async () => {
    const { time, withdraw, out, fast, measure } = await world();
    const begun = new Date(time.clock()).toISOString();
    await withdraw();
    await withdraw({ until_restored: true });
    await expect(withdraw()).rejects.toThrow(
      new Conflict(
        `Path ${fast} is out of use already, since ${begun}. It stays out until restorePath brings it back.`,
      ),
    );
    const until_ms = time.clock() + 10 * MINUTE;
    await withdraw({ until_ms });
    await expect(withdraw()).rejects.toThrow(
      new Conflict(
        `Path ${fast} is out of use already, since ${begun}. It stays out until ${new Date(until_ms).toISOString()}; restorePath brings it back before.`,
      ),
    );
    await measure(11);
    expect(await out()).toEqual([]);
  });
});

describe('a path that an operator withdrew', () => {
  it("returns for each policy by that policy's thresholds", async () => {
    const { context, measure, out, withdraw, done } = await world();
    const strict = await definePolicy(context, 'Strict');
    const routing = policyRoutingSchema.parse({ failover: { failover_below: 70, failback_above: 95 } });
    await setPolicyRouting(context, actor, { policy_id: strict.id, routing });
    await withdraw();
    // 0.3 % is 93.4: enough for the default policy, and not for the strict one.
    await measure(2, { loss: 0.3 });
    expect(await out()).toContain(strict.id);
    expect(await out()).not.toContain('default');
    expect(done).toEqual(['failbackPath']);
    await measure(2);
    expect(await out()).toEqual([]);
    expect(done).toEqual(['failbackPath', 'failbackPath']);
  });

  it('is out for a policy that was created in the meantime, until that policy has seen it good as well', async () => {
    const { context, measure, out, withdraw } = await world();
    await withdraw();
    await definePolicy(context, 'New');
    expect(await out()).toEqual(['*']);
    await measure(0.5);
    expect(await out()).toEqual(['*']);
    await measure(2);
    expect(await out()).toEqual([]);
  });
});

describe('a path without measurements', () => {
  it.each([
    ['that was withdrawn', undefined, HOUR],
    ['at the end of its maintenance', { until_ms: 2 * HOUR }, 2 * HOUR],
  ])('%s is not out forever', async (_name, terms, limit) => {
    const { time, out, withdraw } = await world();
    await withdraw(terms && { until_ms: time.clock() + terms.until_ms });
    await time.advance(limit - 1);
    expect(await out()).toEqual(['*']);
    await time.advance(1);
    expect(await out()).toEqual([]);
  });

  it('that failed with its last one is not out forever, and its next good measurement does not take it out again', async () => {
    const { time, measure, out, done } = await world();
    await measure(1, { loss: 50 });
    expect(await out()).toContain('default');
    await time.advance(HOUR);
    expect(await out()).toEqual([]);
    await measure(1);
    expect(await out()).toEqual([]);
    expect(done).toEqual(['failoverPath']);
    await measure(1, { loss: 50 });
    expect(done).toEqual(['failoverPath', 'failoverPath']);
  });

  it('returns after delete and restore of its site', async () => {
    const { time, context, a, out, withdraw } = await world();
    await withdraw();
    await deleteSite(context, actor, { site_id: a.id });
    await time.advance(30 * MINUTE);
    await restoreSite(context, actor, { site_id: a.id });
    expect(await out()).toEqual(['*']);
    await time.advance(30 * MINUTE);
    expect(await out()).toEqual([]);
  });
});
