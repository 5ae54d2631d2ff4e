import { randomUUID } from 'node:crypto';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { commitOnce } from '../../storage/commit-once.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { parseInput } from '../model/parse-input.ts';
import { SITE_STATUS, type Site } from '../model/site.ts';
import { SITE_EVENT, siteTarget } from '../model/site-events.ts';
import { createSiteInput } from '../model/site-input.ts';
import { directoryItem, siteItem, toSite } from '../model/site-items.ts';
import { putNew } from '../model/site-writes.ts';

/**
 * Adds a site without endpoints.
 *
 * @throws ValidationError · Conflict for a client_token of another request
 */
export async function createSite(context: StoreContext, actor: Caller, input: unknown): Promise<Site> {
  const given = parseInput(createSiteInput, input);
  const { name, location = null, latitude = null, longitude = null, public_key = null, client_token } = given;
  const { tables } = context;
  const request = { owner: actor.sub, operation: 'createSite', client_token, given };
  return commitOnce(context, request, async begun => {
    const now = timestamp(context.clock());
    const site = {
      id: randomUUID(),
      name,
      location,
      latitude,
      longitude,
      public_key,
      status: SITE_STATUS.active,
      version: 1,
      life: 1,
      seq: 1,
      created_at: now,
      updated_at: now,
    };
    const shown = toSite(siteItem(site));
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'createSite',
      target: siteTarget(site.id),
      after: shown,
      event: { type: SITE_EVENT.siteCreated, site_id: site.id, site_seq: site.seq, data: { site: shown } },
    });
    return {
      actions: [putNew(tables, siteItem(site)), putNew(tables, directoryItem(site)), audit],
      result: shown,
    };
  });
}
