import { expect, it } from 'vitest';
import { Conflict } from '../../../core/errors.ts';
import { restoreEndpoint } from '../../../core/inventory/archive/restore-endpoint.ts';
import { runningKey } from '../../../core/inventory/model/inventory-keys.ts';
import { continueHandedOver } from '../../../core/inventory/removal/continue-handed-over.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import { readRunning } from '../../../core/inventory/removal/operation-entry.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { readSite } from '../../../core/inventory/sites/read-site.ts';
import { countSitePaths } from '../../../core/inventory/sites/site-paths.ts';
import { updateSite } from '../../../core/inventory/sites/update-site.ts';
import { admin, auditOf, dump, inventoryOf, makeHub } from '../../support/network-bed.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { withNetwork } from '../../support/use-network.ts';

const PATHS = 120;

it(
  'restores an endpoint with many paths completely: hidden in the meantime, handed over, by the worker and the clean-up',
  () =>
    withNetwork(async bed => {
      const { context } = bed;
      const { hub } = await makeHub(context, { paths: PATHS });
      const before = inventoryOf(await dump(context));
      const removed = await removeEndpoint(context, admin, { site_id: hub.id, endpoint_id: 'wan1' });
      expect(removed).toMatchObject({ finished: true });
      bed.advance(61_000);
      await finishDeletions(context, { until: Number.POSITIVE_INFINITY });
      const without = await countSitePaths(context, hub.id);
      expect(without).toBeLessThan(PATHS);
      const [entry] = auditOf(await dump(context), 'removeEndpoint');
      const restore = {
        actor: admin,
        site_id: hub.id,
        endpoint_id: 'wan1',
        removal_id: (entry!.after as { removal_id: string }).removal_id,
        reverses: { audit_id: removed.audit_id, by_undo: true },
      };

      // A request without time only claims it.
      const begun = await restoreEndpoint(context, { ...restore, until: context.clock() });
      expect(begun).toEqual({
        audit_id: expect.any(String),
        finished: false,
        message:
          'Endpoint wan1 is being restored. 0 paths came back so far. The restore continues in the background.',
      });
      const hidden = async () => {
        expect((await readSite(context, hub.id))!.endpoints.map(({ id }) => id)).not.toContain('wan1');
        expect(await countSitePaths(context, hub.id)).toBe(without);
      };
      await hidden();
      // In the meantime no one can use the id or delete the site.
      await expect(
        addEndpoint(context, admin, {
          site_id: hub.id,
          endpoint_id: 'wan1',
          address: '192.0.2.9',
          interface_type: 'LTE',
        }),
      ).rejects.toThrow(Conflict);
      await expect(deleteSite(context, admin, { site_id: hub.id })).rejects.toThrow(
        `Endpoint wan1 of site ${hub.id} is being removed or restored. Try again in a moment.`,
      );
      await expect(restoreEndpoint(context, restore)).rejects.toThrow(Conflict);
      // A change of the site's name does not affect it.
      await updateSite(context, admin, { site_id: hub.id, name: hub.name });

      expect(
        await asFunction('deletionworker', () =>
          continueHandedOver(context, runningKey(hub.id, 'wan1'), context.clock()),
        ),
      ).toBe('handed over');
      await hidden();
      expect(
        await asFunction('deletionworker', () =>
          continueHandedOver(context, runningKey(hub.id, 'wan1'), Number.POSITIVE_INFINITY),
        ),
      ).toBe('finished');
      expect(await countSitePaths(context, hub.id)).toBe(PATHS);
      expect(inventoryOf(await dump(context))).toEqual(before);
      bed.advance(61_000);
      await finishDeletions(context, { until: Number.POSITIVE_INFINITY });
      expect(await readRunning(context)).toEqual([]);
      expect(inventoryOf(await dump(context))).toEqual(before);
      const entries = auditOf(await dump(context), 'undo');
      expect(entries).toMatchObject([
        {
          id: begun.audit_id,
          did: 'restoreEndpoint',
          undoes: removed.audit_id,
          after: { paths: PATHS - without },
        },
      ]);
    }),
  300_000,
);
