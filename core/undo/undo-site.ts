import { z } from 'zod';
import { count } from '../count-words.ts';
import { Conflict } from '../errors.ts';
import { restoreSite } from '../inventory/archive/restore-site.ts';
import type { Site } from '../inventory/model/site.ts';
import { type SiteItem, siteSchema } from '../inventory/model/site-items.ts';
import { deleteSite } from '../inventory/removal/delete-site.ts';
import { readDependents } from '../inventory/sites/site-paths.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { Undoer, Undone, UndoRequest } from './undoer.ts';

const deleted = z.object({ site: siteSchema });

/** deleteSite: restores the site, with its endpoints and the paths whose peers exist. */
export const undoDeleteSite: Undoer = {
  role: 'Mutation.deleteSite',
  undo({ context, actor, entry }) {
    const { id } = deleted.parse(entry.before).site;
    return restoreSite(context, actor, { site_id: id }, { undoes: entry.id });
  },
};

const restored = z.object({ site: siteSchema, endpoints: z.number(), paths: z.number() });

/** restoreSite: deletes the site again. */
export const undoRestoreSite: Undoer = {
  role: 'Mutation.restoreSite',
  undo: request => deleteAgain(request, restored.parse(request.entry.after)),
};

/** createSite: deletes the site into the archive, unless something was added to it. */
export const undoCreateSite: Undoer = {
  role: 'Mutation.createSite',
  undo: request =>
    deleteAgain(request, { site: siteSchema.parse(request.entry.after), endpoints: 0, paths: 0 }),
};

interface Left {
  site: Site;
  endpoints: number;
  paths: number;
}

function deleteAgain({ context, actor, entry }: UndoRequest, left: Left): Promise<Undone> {
  const check = (current: SiteItem) => requireAsLeft(context, current, left);
  const reverses = { audit_id: entry.id, by_undo: true };
  return deleteSite(context, actor, { site_id: left.site.id }, { reverses, check });
}

async function requireAsLeft(
  context: StoreContext,
  current: SiteItem,
  { site, endpoints, paths }: Left,
): Promise<void> {
  const now = await readDependents(context, site.id);
  const same =
    current.updated_at === site.updated_at && now.endpoints === endpoints && now.paths.length === paths;
  if (same) return;
  throw new Conflict(
    `Site ${site.id} was changed since: it has ${count(now.endpoints, 'endpoint')} and ${count(now.paths.length, 'path')}, and had ${count(endpoints, 'endpoint')} and ${count(paths, 'path')}. Delete it with deleteSite if all of that isn't needed.`,
  );
}
