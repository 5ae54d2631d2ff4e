import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { Conflict, quoted, ValidationError } from '../../errors.ts';
import { commitOnce } from '../../storage/commit-once.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { canonicalEndpointAddress } from '../model/endpoint-address.ts';
import { ENDPOINT_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { type Endpoint, MAX_ENDPOINTS } from '../model/site.ts';
import { endpointTarget, SITE_EVENT } from '../model/site-events.ts';
import { addEndpointInput } from '../model/site-input.ts';
import { endpointItem, toEndpoint } from '../model/site-items.ts';
import { putNew, updateSiteItem } from '../model/site-writes.ts';
import { readActiveSite } from './active-site.ts';

/**
 * Adds a WAN attachment to a site. Without an id it gets the next free one of wan1, wan2 …
 *
 * @throws ValidationError · NotFound · Conflict when the id or the address is taken, or for a
 * client_token of another request
 */
export async function addEndpoint(context: StoreContext, actor: Caller, input: unknown): Promise<Endpoint> {
  const asked = parseInput(addEndpointInput, input);
  const { site_id, endpoint_id, client_token, ...given } = asked;
  const { tables } = context;
  const request = { owner: actor.sub, operation: 'addEndpoint', client_token, given: asked };
  return commitOnce(context, request, async begun => {
    const site = await readActiveSite(context, site_id);
    const taken = await readEndpointAddresses(context, site_id);
    const id = endpoint_id ?? firstFree(taken);
    if (taken.has(id)) {
      throw new Conflict(`Site ${site_id} already has an endpoint ${id}. Choose another endpoint_id.`);
    }
    refuseSameAddress(given.address, { site_id, taken });
    if (taken.size >= MAX_ENDPOINTS) {
      throw new ValidationError(
        `Site ${site_id} has ${MAX_ENDPOINTS} endpoints, which is the most a site can have.`,
      );
    }
    const now = timestamp(context.clock());
    const reachable = given.reachable ?? null;
    const endpoint: Endpoint = { site_id, id, ...given, reachable, created_at: now, updated_at: now };
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'addEndpoint',
      target: endpointTarget(site_id, id),
      after: endpoint,
      event: { type: SITE_EVENT.endpointAdded, site_id, site_seq: site.seq + 1, data: { endpoint } },
    });
    const item = endpointItem({ ...endpoint, status: 'ACTIVE' });
    return {
      actions: [
        updateSiteItem(tables, { site, set: { updated_at: now }, event: true }),
        putNew(tables, item),
        audit,
      ],
      result: toEndpoint(item),
    };
  });
}

/** The addresses of a site's endpoints by their ids. */
export async function readEndpointAddresses(
  context: StoreContext,
  siteId: string,
): Promise<Map<string, string>> {
  const items = await queryAll(context, {
    pk: sitePartition(siteId),
    prefix: ENDPOINT_PREFIX,
    project: ['id', 'address'],
  });
  return new Map(items.map(item => [item.id as string, item.address as string]));
}

/** @throws Conflict where another endpoint of the site has the address */
export function refuseSameAddress(
  address: string,
  { site_id, taken }: { site_id: string; taken: ReadonlyMap<string, string> },
): void {
  const wanted = canonicalEndpointAddress(address);
  for (const [id, other] of taken) {
    if (canonicalEndpointAddress(other) !== wanted) continue;
    throw new Conflict(
      `Endpoint ${id} of site ${site_id} has the address ${quoted(other)} already. Choose another address, or change that endpoint with updateEndpoint.`,
    );
  }
}

function firstFree(taken: ReadonlyMap<string, string>): string {
  let number = 1;
  while (taken.has(`wan${number}`)) number++;
  return `wan${number}`;
}
