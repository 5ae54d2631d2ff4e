import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { refuseChanged } from '../../audit/refuse-changed.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { parseInput } from '../model/parse-input.ts';
import type { Endpoint } from '../model/site.ts';
import { endpointTarget, SITE_EVENT } from '../model/site-events.ts';
import { updateEndpointInput } from '../model/site-input.ts';
import { endpointItem, type SiteItem, toEndpoint } from '../model/site-items.ts';
import { checkEndpoint, updateSiteItem } from '../model/site-writes.ts';
import { readActiveEndpoint, readActiveSite } from './active-site.ts';
import { readEndpointAddresses, refuseSameAddress } from './add-endpoint.ts';

/**
 * Changes those of address, interface_type and cost_per_gb that are given. A new address makes
 * `reachable` null.
 *
 * @throws ValidationError · NotFound · Conflict when another endpoint of the site has the address,
 * or when the endpoint has changed since `if_updated_at`
 */
export async function updateEndpoint(
  context: StoreContext,
  actor: Caller,
  input: unknown,
): Promise<Endpoint> {
  const { site_id, endpoint_id, if_updated_at, ...given } = parseInput(updateEndpointInput, input);
  return commitChange(context, async begun => {
    const site = await readActiveSite(context, site_id);
    const before = toEndpoint(await readActiveEndpoint(context, site_id, endpoint_id));
    const target = endpointTarget(site_id, endpoint_id);
    const what = `Endpoint ${endpoint_id} of site ${site_id}`;
    await refuseChanged(context, { what, updated_at: before.updated_at, targets: [target] }, if_updated_at);
    const address = given.address ?? before.address;
    const after = {
      ...before,
      address,
      interface_type: given.interface_type ?? before.interface_type,
      cost_per_gb: given.cost_per_gb ?? before.cost_per_gb,
      reachable: address === before.address ? before.reachable : null,
      updated_at: timestamp(context.clock()),
    };
    const actions = await planEndpoint(context, site, after);
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'updateEndpoint',
      target,
      before,
      after,
      event: endpointUpdated(site, after),
    });
    return { actions: [...actions, audit], result: after };
  });
}

/**
 * The actions that replace an endpoint of an active site; they fail when the site has changed.
 *
 * @throws Conflict when another endpoint of the site has the address
 */
export async function planEndpoint(
  context: StoreContext,
  site: SiteItem,
  endpoint: Endpoint,
): Promise<WriteAction[]> {
  const { tables } = context;
  const others = await readEndpointAddresses(context, site.id);
  others.delete(endpoint.id);
  refuseSameAddress(endpoint.address, { site_id: site.id, taken: others });
  return [
    updateSiteItem(tables, { site, set: { updated_at: endpoint.updated_at }, event: true }),
    putInPlace(tables, endpoint),
    // Decisions depend on the paths' costs.
    forgetDecisions(tables),
  ];
}

/** The event for subscribers. */
export const endpointUpdated = (site: SiteItem, endpoint: Endpoint) => ({
  type: SITE_EVENT.endpointUpdated,
  site_id: site.id,
  site_seq: site.seq + 1,
  data: { endpoint },
});

function putInPlace(tables: TableNames, endpoint: Endpoint): WriteAction {
  const { ConditionCheck } = checkEndpoint(tables, endpoint.site_id, endpoint.id);
  const { Key: _, ...condition } = ConditionCheck!;
  return { Put: { ...condition, Item: endpointItem({ ...endpoint, status: 'ACTIVE' }) } };
}
