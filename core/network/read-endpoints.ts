import type { NetworkContext } from './network-context.ts';
import { ENDPOINT_PREFIX, sitePartition } from './network-keys.ts';
import type { Endpoint } from './site.ts';
import { toEndpoint } from './site-items.ts';
import { queryAll } from './strong-reads.ts';

/** A site's endpoints by id, those included that are being removed: read them inside `readVisible`. */
export async function readEndpoints(context: NetworkContext, siteId: string): Promise<Endpoint[]> {
  const items = await queryAll(context, { pk: sitePartition(siteId), prefix: ENDPOINT_PREFIX });
  return items.map(toEndpoint);
}
