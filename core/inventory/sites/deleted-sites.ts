import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { queryPages } from '../../storage/strong-reads.ts';
import { type DeletedSite, deletedSiteSchema } from '../archive/archive-head.ts';
import { ARCHIVES_PARTITION, archiveListKey } from '../model/inventory-keys.ts';

export interface DeletedSiteList {
  items: DeletedSite[];
  next_token: string | null;
}

const TOKEN_KIND = 'deletedSites';
const TOKEN_SHAPE = [/^[0-9TZ:.-]{24}#[0-9a-f-]{36}$/];

/** A page of the sites that can be restored, in descending order of the deletion's time. */
export async function listDeletedSites(
  context: StoreContext,
  { limit, next_token }: { limit: number; next_token?: string | null | undefined },
): Promise<DeletedSiteList> {
  const after = readPageToken(TOKEN_KIND, next_token, TOKEN_SHAPE)?.[0];
  const now = timestamp(context.clock());
  const items: DeletedSite[] = [];
  const query = { pk: ARCHIVES_PARTITION, descending: true, pageSize: limit + 1 };
  for await (const page of queryPages(context, { ...query, ...(after !== undefined && { after }) })) {
    const listed = page.map(item => parseItem(deletedSiteSchema, item));
    items.push(...listed.filter(({ restorable_until }) => restorable_until > now));
    if (items.length > limit) break;
  }
  const shown = items.slice(0, limit);
  return { items: shown, next_token: items.length > limit ? tokenAfter(shown.at(-1)!) : null };
}

const tokenAfter = ({ deleted_at, site_id }: DeletedSite): string =>
  makePageToken(TOKEN_KIND, [archiveListKey(deleted_at, site_id).sk]);
