import { SITE_EVENT } from '../inventory/model/site-events.ts';
import { siteSchema, toSite } from '../inventory/model/site-items.ts';
import { readActiveSite } from '../inventory/sites/active-site.ts';
import { siteActions } from '../inventory/sites/update-site.ts';
import { timestamp } from '../storage/store-context.ts';
import { commitUndo } from './commit-undo.ts';
import { stepBack } from './step-back.ts';
import type { Undoer } from './undoer.ts';

/**
 * updateSite: restores those of name, location, coordinates and key that the change had changed.
 */
export const undoSiteUpdate: Undoer = {
  role: 'Mutation.updateSite',
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const [before, after] = [siteSchema.parse(entry.before), siteSchema.parse(entry.after)];
      const site = await readActiveSite(context, after.id);
      const current = toSite(site);
      const now = timestamp(context.clock());
      const what = `Site ${after.id}`;
      const back = stepBack({ what, by_hand: 'updateSite', before, after, current, now });
      const { name, location, latitude, longitude, public_key, updated_at } = back;
      return {
        did: 'updateSite',
        actions: siteActions(context.tables, site, {
          ...{ name, location, latitude, longitude, public_key, updated_at },
        }),
        before: current,
        after: back,
        event: {
          type: SITE_EVENT.siteUpdated,
          site_id: site.id,
          site_seq: site.seq + 1,
          data: { site: back },
        },
        message: `${what} is as it was before the change.`,
      };
    }),
};
