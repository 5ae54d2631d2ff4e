import type { Caller } from '../audit/caller.ts';
import { readActiveSite } from './active-site.ts';
import { commitChange } from './commit-change.ts';
import { SITE_EVENT, siteTarget, tell } from './network-change.ts';
import { type NetworkContext, timestamp } from './network-context.ts';
import { parseInput } from './parse-input.ts';
import type { Site } from './site.ts';
import { updateSiteInput } from './site-input.ts';
import { directoryItem, toSite } from './site-items.ts';
import { updateSiteItem } from './site-writes.ts';

/**
 * Changes what is given of name, location and public_key; null takes location or public_key away.
 *
 * @throws ValidationError · NotFound · Conflict
 */
export async function updateSite(context: NetworkContext, actor: Caller, input: unknown): Promise<Site> {
  const { site_id, ...given } = parseInput(updateSiteInput, input);
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { tables } = context;
  return commitChange(context, async () => {
    const site = await readActiveSite(context, site_id);
    const set = { ...changes, updated_at: timestamp(context.clock()) };
    const after = toSite({ ...site, ...set });
    const { audit } = tell(context, {
      actor,
      operation: 'updateSite',
      target: siteTarget(site_id),
      before: toSite({ ...site }),
      after,
      event: { type: SITE_EVENT.siteUpdated, site_id, site_seq: site.seq + 1, data: { site: after } },
    });
    const directory = { Put: { TableName: tables.network, Item: directoryItem(after) } };
    return { actions: [updateSiteItem(tables, { site, set, event: true }), directory, audit], result: after };
  });
}
