import type { StreamChange } from '../events/stream-change.ts';
import { ENDPOINT_PREFIX, META, PATH_PREFIX, sitePartition } from '../inventory/model/inventory-keys.ts';
import { peerOf, SITE_STATUS } from '../inventory/model/site.ts';
import { toPath } from '../inventory/model/site-items.ts';
import { ROUTING_PARTITION } from '../inventory/policies/policy-items.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { queryAll } from '../storage/strong-reads.ts';
import { ALL_SITES } from './route-versions.ts';

const SITE_PREFIX = sitePartition('');

/**
 * The sites whose edges have other paths after a change of the Network table, or choose among them
 * differently: the sites that hold a copy of a path that was added or removed, and a site whose
 * endpoint changed or that is shown again, with its peers. It follows from the items, so it holds
 * for every operation, undo included.
 */
export async function sitesToNotify(change: StreamChange, context: StoreContext): Promise<string[]> {
  const { pk, sk } = change;
  if (pk === ROUTING_PARTITION) return [ALL_SITES];
  if (!pk.startsWith(SITE_PREFIX)) return [];
  const site_id = pk.slice(SITE_PREFIX.length);
  if (sk.startsWith(PATH_PREFIX)) return change.kind === 'MODIFY' ? [] : [site_id];
  const concernsPeers = sk === META ? isShownAgain(change) : changesEndpoint(change);
  return concernsPeers ? [site_id, ...(await peersOf(context, site_id))] : [];
}

/**
 * A restore attaches paths while the site is hidden. Its edges and their peers see them when the
 * restore ends.
 */
function isShownAgain({ before, after }: StreamChange): boolean {
  return before !== undefined && before.status !== after?.status && after?.status === SITE_STATUS.active;
}

/**
 * Whether a change concerns what edges and decisions use of an endpoint. A new endpoint has no
 * paths, and the paths of a removed one are removed one by one.
 */
function changesEndpoint({ sk, before, after }: StreamChange): boolean {
  if (!sk.startsWith(ENDPOINT_PREFIX) || !before || !after) return false;
  if (after.status === 'ACTIVE' && before.status !== 'ACTIVE') return true;
  return before.address !== after.address || before.cost_per_gb !== after.cost_per_gb;
}

async function peersOf(context: StoreContext, site_id: string): Promise<string[]> {
  const items = await queryAll(context, { pk: sitePartition(site_id), prefix: PATH_PREFIX });
  return [...new Set(items.map(item => peerOf(toPath(item), site_id)))];
}
