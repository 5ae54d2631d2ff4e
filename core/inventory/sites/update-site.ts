import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { type Current, refuseChanged } from '../../audit/refuse-changed.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { parseInput } from '../model/parse-input.ts';
import type { Site } from '../model/site.ts';
import { endpointTarget, SITE_EVENT, siteTarget } from '../model/site-events.ts';
import { updateSiteInput } from '../model/site-input.ts';
import { directoryItem, type SiteItem, toSite } from '../model/site-items.ts';
import { updateSiteItem } from '../model/site-writes.ts';
import { readActiveSite } from './active-site.ts';

/**
 * Changes those of name, location, coordinates and public_key that are given; null removes a value,
 * except the name.
 *
 * @throws ValidationError · NotFound · Conflict, also when the site has changed since
 * `if_updated_at`
 */
export async function updateSite(context: StoreContext, actor: Caller, input: unknown): Promise<Site> {
  const { site_id, if_updated_at, ...given } = parseInput(updateSiteInput, input);
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { tables } = context;
  return commitChange(context, async begun => {
    const site = await readActiveSite(context, site_id);
    await refuseChanged(context, siteNow(site), if_updated_at);
    const set = { ...changes, updated_at: timestamp(context.clock()) };
    const after = toSite({ ...site, ...set });
    const actions = siteActions(tables, site, set);
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'updateSite',
      target: siteTarget(site_id),
      before: toSite(site),
      after,
      event: { type: SITE_EVENT.siteUpdated, site_id, site_seq: site.seq + 1, data: { site: after } },
    });
    return { actions: [...actions, audit], result: after };
  });
}

const siteNow = ({ id, updated_at }: SiteItem): Current => ({
  what: `Site ${id}`,
  updated_at,
  // Changes of its endpoints are changes of the site too.
  targets: [siteTarget(id), endpointTarget(id, '')],
});

/** The actions that change an active site and its directory entry. They publish an event. */
export function siteActions(tables: TableNames, site: SiteItem, set: Partial<Site>): WriteAction[] {
  const after = toSite({ ...site, ...set });
  return [
    updateSiteItem(tables, { site, set, event: true }),
    { Put: { TableName: tables.network, Item: directoryItem(after) } },
  ];
}
