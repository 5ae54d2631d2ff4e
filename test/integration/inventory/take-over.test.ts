import { describe, expect, it } from 'vitest';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import { readRunning } from '../../../core/inventory/removal/operation-entry.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { type FaultPlan, faultyClient, Killed } from '../../support/faults.ts';
import { localClient } from '../../support/local-client.ts';
import { admin, auditOf, dump, makeHub } from '../../support/network-bed.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { useNetwork, withNetwork } from '../../support/use-network.ts';

/** Longer than the lease of an interrupted run. */
const LEASE_MS = 30_000;
const PATHS = 60;

type Run = (context: StoreContext, site_id: string) => Promise<{ finished: boolean; audit_id: string }>;

const OPERATIONS: Record<string, { before?: Run; run: Run; conflict: (id: string) => string }> = {
  deleteSite: {
    run: (context, site_id) => deleteSite(context, admin, { site_id }),
    conflict: id => `Site ${id} is being deleted. When that is done, restoreSite can bring it back.`,
  },
  restoreSite: {
    before: (context, site_id) => deleteSite(context, admin, { site_id }),
    run: (context, site_id) => restoreSite(context, admin, { site_id }),
    conflict: id => `Site ${id} is being restored. Try again when that is done.`,
  },
  removeEndpoint: {
    run: (context, site_id) => removeEndpoint(context, admin, { site_id, endpoint_id: 'wan1' }),
    conflict: id => `Endpoint wan1 of site ${id} is being removed.`,
  },
};

describe.each(Object.entries(OPERATIONS))('%s after an interruption', (name, { before, run, conflict }) => {
  const network = useNetwork();
  const faulty = faultyClient(localClient({ maxAttempts: 1 }));

  /** A site whose run was killed at a call; its result is lost. */
  async function cutOff(plan: FaultPlan): Promise<{ id: string; outcome: unknown }> {
    const { context } = network.bed;
    const { hub } = await makeHub(context, { paths: PATHS });
    await before?.(context, hub.id);
    network.bed.advance(60_000);
    faulty.arm(plan);
    const killable = { ...context, client: faulty.client, deadline: context.deadline };
    const outcome = await run(killable, hub.id).catch(cause => cause);
    return { id: hub.id, outcome };
  }

  const runningOn = async (id: string) =>
    (await readRunning(network.bed.context)).find(each => each.site_id === id && each.state === 'RUNNING');

  const entriesOf = async (id: string) =>
    auditOf(await dump(network.bed.context), name).filter(({ target }) => String(target).includes(id));

  /** A site whose run was killed as early as there is something to take over. */
  async function underWay(): Promise<string> {
    for (let at = 0; ; at++) {
      const { id, outcome } = await cutOff({ fault: 'killed after', at });
      expect(outcome).toBeInstanceOf(Killed);
      if (await runningOn(id)) return id;
    }
  }

  it('is taken over by the next request after its lease has expired, with any call interrupted', async () => {
    const { bed } = network;
    let takenOver = 0;
    for (let at = 0; ; at++) {
      const { id, outcome } = await cutOff({ fault: 'killed after', at });
      if (!(outcome instanceof Killed)) break;
      const begun = await runningOn(id);
      if (begun) {
        bed.advance(LEASE_MS - 1);
        await expect(run(bed.context, id)).rejects.toThrow(conflict(id));
        bed.advance(1);
        expect(await run(bed.context, id)).toMatchObject({ finished: true, audit_id: begun.audit_id });
        takenOver++;
      } else if ((await entriesOf(id)).length === 0) {
        expect(await run(bed.context, id)).toMatchObject({ finished: true });
      }
      expect(await entriesOf(id)).toHaveLength(1);
      bed.advance(120_000);
      await asFunction('cleanup', () => finishDeletions(bed.context, { until: Number.POSITIVE_INFINITY }));
      expect(await readRunning(bed.context)).toEqual([]);
    }
    expect(takenOver).toBeGreaterThan(1);
  }, 300_000);

  it('is taken over by one of eight concurrent requests', async () => {
    const { bed } = network;
    const id = await underWay();
    bed.advance(LEASE_MS);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => run(bed.context, id)));
    const answers = results.flatMap(each => (each.status === 'fulfilled' ? each.value.audit_id : []));
    expect(new Set(answers).size).toBe(1);
    expect(await entriesOf(id)).toHaveLength(1);
  });

  it('is continued by clean-up within a minute after its lease', async () => {
    const { bed } = network;
    const id = await underWay();
    bed.advance(LEASE_MS - 1);
    await asFunction('cleanup', () => finishDeletions(bed.context, { until: Number.POSITIVE_INFINITY }));
    expect(await runningOn(id)).toBeDefined();
    bed.advance(60_000);
    await asFunction('cleanup', () => finishDeletions(bed.context, { until: Number.POSITIVE_INFINITY }));
    expect(await runningOn(id)).toBeUndefined();
    expect(await entriesOf(id)).toHaveLength(1);
  });
});

it('keeps its lease through renewals while it is slow', async () => {
  await withNetwork(async bed => {
    const { hub } = await makeHub(bed.context, { paths: 200 });
    const touched = new Set<number>();
    const slow = faultyClient(localClient({ maxAttempts: 1 }));
    slow.client.middlewareStack.add(
      next => async args => {
        bed.advance(2000);
        const [entry] = await readRunning(bed.context);
        if (entry) touched.add(entry.touched_ms);
        return next(args);
      },
      { step: 'initialize', name: 'slow' },
    );
    const context = {
      ...bed.context,
      client: slow.client,
      deadline: Number.POSITIVE_INFINITY,
      max_actions: 20,
    };
    const until = Number.POSITIVE_INFINITY;
    expect(await deleteSite(context, admin, { site_id: hub.id }, { until })).toMatchObject({
      finished: true,
    });
    const times = [...touched];
    expect(times.length).toBeGreaterThan(3);
    for (const [index, time] of times.entries()) {
      if (index > 0) expect(time - times[index - 1]!).toBeLessThan(LEASE_MS);
    }
  });
});

it('is taken over by an undo only if the undo has started it', async () => {
  await withNetwork(async bed => {
    const { hub } = await makeHub(bed.context, { paths: 1 });
    const input = { site_id: hub.id };
    const reverses = { audit_id: '01KKRNW4G00000000000000000', by_undo: true };
    const begin = { until: bed.context.clock() };
    await deleteSite(bed.context, admin, input, begin);
    bed.advance(LEASE_MS);
    await expect(deleteSite(bed.context, admin, input, { reverses })).rejects.toThrow(
      `Site ${hub.id} is being deleted. When that is done, restoreSite can bring it back.`,
    );
    expect(await deleteSite(bed.context, admin, input)).toMatchObject({ finished: true });
    await restoreSite(bed.context, admin, input);
    bed.advance(1000);
    const undo = await deleteSite(bed.context, admin, input, { reverses, until: bed.context.clock() });
    bed.advance(LEASE_MS);
    expect(await deleteSite(bed.context, admin, input, { reverses })).toMatchObject({
      finished: true,
      audit_id: undo.audit_id,
    });
  });
});
