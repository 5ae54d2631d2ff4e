import { conditionOf } from '../../storage/item-update.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archiveExpiry } from '../archive/archive-head.ts';
import { attachWaiting } from '../archive/attach-waiting.ts';
import { endpointArchive, endpointKey } from '../model/inventory-keys.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { endsAt } from '../model/site.ts';
import { lifeAt } from '../model/site-items.ts';
import { removePaths } from './remove-paths.ts';
import { readPartition } from './site-partition.ts';

/**
 * Completes an operation a minute after its end. DynamoDB makes a transaction's items visible one
 * after another, so a path that was created just before the claim may not have been readable when
 * the partition was read (docs/decisions/034). Until now the operation's entry has hidden it. It
 * removes only paths of the life that the operation ended, and those of an endpoint only while no
 * endpoint has its id. After a restore it attaches the waiting paths again.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch; then call it again
 */
export async function removeStragglers(
  context: StoreContext,
  operation: RunningOperation,
  until: number,
): Promise<void> {
  const { kind, site_id, endpoint_id, operation_id, life } = operation;
  if (kind === OPERATION_KIND.restoreEndpoint) return;
  if (kind === OPERATION_KIND.restoreSite) {
    await attachWaiting(context, operation, () => context.clock() >= until);
    return;
  }
  const expires_at = archiveExpiry(context);
  const { paths } = await readPartition(context, site_id);
  await removePaths(context, paths, {
    which: path => lifeAt(path, site_id) === life && endsAt(path, site_id, endpoint_id),
    companion:
      kind === OPERATION_KIND.deleteSite
        ? { archive: { site_id, operation_id, expires_at } }
        : {
            archive: { site_id: endpointArchive(site_id, operation_id), operation_id, expires_at },
            check: checkEndpointIsGone(context, site_id, endpoint_id!),
          },
    concurrency: 1,
    until,
    leave: 0,
  });
}

function checkEndpointIsGone({ tables }: StoreContext, siteId: string, endpointId: string): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: endpointKey(siteId, endpointId),
      ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
    },
  };
}
