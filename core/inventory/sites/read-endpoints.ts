import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { ENDPOINT_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import type { Endpoint } from '../model/site.ts';
import { toEndpoint } from '../model/site-items.ts';

/** A site's endpoints by id, those included that are being removed: read them inside `readVisible`. */
export async function readEndpoints(context: StoreContext, siteId: string): Promise<Endpoint[]> {
  const items = await queryAll(context, { pk: sitePartition(siteId), prefix: ENDPOINT_PREFIX });
  return items.map(toEndpoint);
}
