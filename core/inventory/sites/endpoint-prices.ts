import type { StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { endpointKey } from '../model/inventory-keys.ts';
import { toEndpoint } from '../model/site-items.ts';

/**
 * The prices of a gigabyte at these endpoints, read strongly, 100 at a time. The price is undefined
 * for an endpoint that is gone and for 0, which is also stored when no price was given.
 */
export async function readEndpointPrices(
  context: StoreContext,
  endpoints: readonly { site_id: string; endpoint_id: string }[],
): Promise<(site_id: string, endpoint_id: string) => number | undefined> {
  const named = new Map(endpoints.map(each => [nameOf(each.site_id, each.endpoint_id), each]));
  const keys = [...named.values()].map(({ site_id, endpoint_id }) => endpointKey(site_id, endpoint_id));
  const items = keys.length === 0 ? [] : await getItems(context, keys);
  const prices = new Map(
    items.map(toEndpoint).map(({ site_id, id, cost_per_gb }) => [nameOf(site_id, id), cost_per_gb]),
  );
  return (site_id, endpoint_id) => prices.get(nameOf(site_id, endpoint_id)) || undefined;
}

const nameOf = (site_id: string, endpoint_id: string): string => JSON.stringify([site_id, endpoint_id]);
