import { describe, expect, it } from 'vitest';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { runningKey } from '../../../core/inventory/model/inventory-keys.ts';
import { continueHandedOver } from '../../../core/inventory/removal/continue-handed-over.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import { readRunning } from '../../../core/inventory/removal/operation-entry.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { listSites } from '../../../core/inventory/sites/list-sites.ts';
import { faultyClient } from '../../support/faults.ts';
import { localClient } from '../../support/local-client.ts';
import { admin, auditOf, dump, inventoryOf, makeHub } from '../../support/network-bed.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { useNetwork, withNetwork } from '../../support/use-network.ts';

/** As the worker does. */
const work = withRights('deletionworker', continueHandedOver);

describe('an operation that takes longer than a request', () => {
  const network = useNetwork();

  it('is handed over once, says so, and continues at its position', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub } = await makeHub(context, { paths: 120 });
    const whole = inventoryOf(await dump(context));
    // Every call takes 5 s: the deadline passes after the claim and a chunk or two.
    const slow = faultyClient(localClient({ maxAttempts: 1 }));
    slow.client.middlewareStack.add(
      next => async args => {
        bed.advance(5000);
        return next(args);
      },
      { step: 'initialize', name: 'slow' },
    );
    const deletion = await deleteSite({ ...context, client: slow.client }, admin, { site_id: hub.id });
    expect(deletion).toEqual({
      message: expect.stringMatching(
        /^Site Hub is being deleted and no longer shown\. \d+ of its paths are deleted so far\. The deletion continues in the background\.$/,
      ),
      audit_id: expect.any(String),
      finished: false,
    });
    expect((await listSites(context, { limit: 10 })).items.map(({ id }) => id)).not.toContain(hub.id);
    expect(await readRunning(context)).toMatchObject([
      { site_id: hub.id, handed_over: true, state: 'RUNNING' },
    ]);
    const key = runningKey(hub.id);
    expect(await work(context, key, Infinity)).toBe('finished');
    expect(await work(context, key, Infinity)).toBe('nothing to do');
    const entries = auditOf(await dump(context), 'deleteSite');
    expect(entries).toMatchObject([{ id: deletion.audit_id, before: { paths: 120 } }]);
    bed.advance(1000);

    const restore = await restoreSite(context, admin, { site_id: hub.id }, { until: context.clock() });
    expect(restore).toMatchObject({ finished: false, skipped: [] });
    expect(await work(context, key, context.clock())).toBe('handed over');
    expect(await work(context, key, Infinity)).toBe('finished');
    expect(inventoryOf(await dump(context))).toEqual(whole);
    expect(auditOf(await dump(context), 'restoreSite')).toMatchObject([
      { id: restore.audit_id, after: { paths: 120, skipped_paths: 0 } },
    ]);
  });

  it('numbers its events without a gap', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub } = await makeHub(context, { paths: 10 });
    await deleteSite(context, admin, { site_id: hub.id }, { until: 0 });
    const [running] = (await readRunning(context)).filter(({ site_id }) => site_id === hub.id);
    // Created 1, started 2, handed over 3, taken over 4, deleted 5.
    expect(running).toMatchObject({ seq: 3 });
    await work(context, runningKey(hub.id), Infinity);
    const ofHub = (operation: string, items: Map<string, Record<string, unknown>>) =>
      auditOf(items, operation).filter(({ target }) => target === `site:${hub.id}`);
    expect(ofHub('deleteSite', await dump(context))).toMatchObject([{ event: { site_seq: 5 } }]);
    bed.advance(1000);
    await restoreSite(context, admin, { site_id: hub.id });
    expect(ofHub('restoreSite', await dump(context))).toMatchObject([{ event: { site_seq: 7 } }]);
  });

  it('removes an endpoint with many paths in the same way', async () => {
    const { context } = network.bed;
    const { hub } = await makeHub(context, { paths: 120 });
    const input = { site_id: hub.id, endpoint_id: 'wan1' };
    const removal = await removeEndpoint(context, admin, input, { until: context.clock() });
    expect(removal).toMatchObject({ finished: false });
    const key = runningKey(hub.id, 'wan1');
    expect(await work(context, key, Infinity)).toBe('finished');
    const items = await dump(context);
    expect(items.has(`SITE#${hub.id} ENDPOINT#wan1`)).toBe(false);
    expect(items.has(`SITE#${hub.id} ENDPOINT#wan2`)).toBe(true);
  });

  it('is continued by clean-up if the worker does not run', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub } = await makeHub(context, { paths: 60 });
    await deleteSite(context, admin, { site_id: hub.id }, { until: 0 });
    const until = Infinity;
    expect(await finishDeletions(context, { until })).toMatchObject({ finished: 0, running: 1 });
    bed.advance(60_000);
    expect(await finishDeletions(context, { until })).toMatchObject({ finished: 1, running: 0 });
    bed.advance(60_000);
    await finishDeletions(context, { until });
    expect(await readRunning(context)).toEqual([]);
    expect((await dump(context)).has(`SITE#${hub.id} META`)).toBe(false);
  });
});

describe('a database that rejects requests', () => {
  it.each([
    [
      'canceled: TransactionConflict',
      'Conflict',
      'Another request is changing the same data. Try again in a moment.',
    ],
    ['throttled', 'Throttled', 'The database is too busy to do this now. Try again in a minute.'],
    ['internal error', 'Throttled', 'The database is too busy to do this now. Try again in a minute.'],
  ] as const)('with %s is retried with jitter until the time limit', async (fault, name, message) => {
    await withNetwork(async bed => {
      const { hub } = await makeHub(bed.context, { paths: 1 });
      const before = await dump(bed.context);
      const { client, ...faulty } = faultyClient(localClient({ maxAttempts: 1 }));
      const waits: number[] = [];
      const context = {
        ...bed.context,
        client,
        random: () => 1,
        sleep: async (ms: number) => {
          waits.push(ms);
          await bed.context.sleep(ms);
        },
      };
      faulty.arm({ at: 0, fault, times: Infinity });
      await expect(deleteSite(context, admin, { site_id: hub.id })).rejects.toMatchObject({ name, message });
      expect(waits.slice(0, 4)).toEqual([20, 40, 80, 160]);
      expect(context.clock()).toBeLessThan(bed.context.deadline);
      expect(await dump(bed.context)).toEqual(before);
    });
  });

  it('leaves a deletion that continues if it fails after the claim', async () => {
    await withNetwork(async bed => {
      const { hub } = await makeHub(bed.context, { paths: 60 });
      const { client, ...faulty } = faultyClient(localClient({ maxAttempts: 1 }));
      faulty.arm({ at: 2, fault: 'throttled', times: Infinity });
      const deletion = await deleteSite({ ...bed.context, client }, admin, { site_id: hub.id });
      expect(deletion).toMatchObject({ finished: false });
      bed.advance(60_000);
      await finishDeletions(bed.context, { until: Infinity });
      expect(auditOf(await dump(bed.context), 'deleteSite')).toMatchObject([{ id: deletion.audit_id }]);
    });
  });
});
