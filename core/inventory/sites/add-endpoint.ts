import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { Conflict, ValidationError } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { ENDPOINT_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { type Endpoint, MAX_ENDPOINTS } from '../model/site.ts';
import { endpointTarget, SITE_EVENT } from '../model/site-events.ts';
import { addEndpointInput } from '../model/site-input.ts';
import { endpointItem, toEndpoint } from '../model/site-items.ts';
import { putNew, updateSiteItem } from '../model/site-writes.ts';
import { readActiveSite } from './active-site.ts';

/**
 * Adds a WAN attachment to a site. Without an id it gets the first free one of wan1, wan2 …
 *
 * @throws ValidationError · NotFound · Conflict when the id is taken
 */
export async function addEndpoint(context: StoreContext, actor: Caller, input: unknown): Promise<Endpoint> {
  const { site_id, endpoint_id, ...given } = parseInput(addEndpointInput, input);
  const { tables } = context;
  return commitChange(context, async begun => {
    const site = await readActiveSite(context, site_id);
    const taken = await readEndpointIds(context, site_id);
    const id = endpoint_id ?? firstFree(taken);
    if (taken.has(id)) {
      throw new Conflict(`Site ${site_id} already has an endpoint ${id}. Choose another endpoint_id.`);
    }
    if (taken.size >= MAX_ENDPOINTS) {
      throw new ValidationError(
        `Site ${site_id} has ${MAX_ENDPOINTS} endpoints, which is the most a site can have.`,
      );
    }
    const now = timestamp(context.clock());
    const endpoint: Endpoint = { site_id, id, ...given, reachable: given.reachable ?? null, created_at: now };
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

async function readEndpointIds(context: StoreContext, siteId: string): Promise<Set<string>> {
  const items = await queryAll(context, {
    pk: sitePartition(siteId),
    prefix: ENDPOINT_PREFIX,
    project: ['id'],
  });
  return new Set(items.map(item => item.id as string));
}

function firstFree(taken: Set<string>): string {
  let number = 1;
  while (taken.has(`wan${number}`)) number++;
  return `wan${number}`;
}
