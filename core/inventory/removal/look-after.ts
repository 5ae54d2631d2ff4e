import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archiveExpiry } from '../archive/archive-head.ts';
import { attachWaiting } from '../archive/attach-waiting.ts';
import { endpointKey } from '../model/inventory-keys.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { endsAt } from '../model/site.ts';
import { lifeAt, type PathItem } from '../model/site-items.ts';
import { pathsPerChunk, type RemovalPart, removePaths } from './remove-paths.ts';
import { readPartition } from './site-partition.ts';
import { takeChunks, workThrough } from './take-chunks.ts';

/**
 * A last look a minute after an operation's end. DynamoDB lets a transaction's items appear one after another, so a path
 * whose creation won against the claim by a hair may not have been readable yet when the partition was read
 * (docs/decisions/034). Until now the operation's entry has hidden it.
 */
export async function lookAfter(
  context: StoreContext,
  operation: RunningOperation,
  until: number,
): Promise<void> {
  const { kind, site_id, endpoint_id, operation_id, life } = operation;
  const stop = () => context.clock() >= until;
  if (kind === OPERATION_KIND.restoreSite) {
    await attachWaiting(context, operation, stop);
    return;
  }
  const part: RemovalPart =
    kind === OPERATION_KIND.deleteSite
      ? { archive: { site_id, operation_id, expires_at: archiveExpiry(context) } }
      : { check: checkEndpointIsGone(context, site_id, endpoint_id!) };
  const stragglers = (path: PathItem) => lifeAt(path, site_id) === life && endsAt(path, site_id, endpoint_id);
  const chunks = takeChunks(
    filtered(readPartition(context, site_id).paths, stragglers),
    pathsPerChunk(context),
  );
  const remove = async (paths: PathItem[]) => void (await removePaths(context, paths, part));
  await remove((await workThrough(chunks, { concurrency: 1, stop }, remove)) ?? []);
}

async function* filtered(
  pages: AsyncIterable<PathItem[]>,
  keep: (path: PathItem) => boolean,
): AsyncGenerator<PathItem[]> {
  for await (const page of pages) yield page.filter(keep);
}

function checkEndpointIsGone({ tables }: StoreContext, siteId: string, endpointId: string): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: endpointKey(siteId, endpointId),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}
