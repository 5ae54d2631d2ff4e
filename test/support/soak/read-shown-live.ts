import type { ControlState } from '../control/control-state.ts';
import { type Shown, shownKey } from '../control/read-shown.ts';
import type { LiveApi } from './live-api.ts';

/** The compared fields of each item of a list. */
const ITEMS = {
  sites: 'id name location status endpoints { id address }',
  deletedSites: 'site_id',
  policies: 'id name priority enabled defined packets_matched_exact',
  edges: 'id site_id registered retired_at packets_exact',
  paths: `id source_site_id source_endpoint_id destination_site_id destination_endpoint_id wg_interface out_for status
    maintenance { until }`,
} as const;

/**
 * The answers of the queries that return most of a state, as the model reads them from functions in
 * this process.
 */
export async function readShownLive(api: LiveApi, { sites }: ControlState): Promise<Shown> {
  const shown: Shown = new Map();
  const list = async (field: keyof typeof ITEMS, args: Record<string, string> = {}) => {
    const items = await itemsOf(api, field, ITEMS[field], args);
    shown.set(shownKey(field, args), { items, next_token: null });
  };
  for (const field of ['sites', 'deletedSites', 'policies', 'edges'] as const) await list(field);
  const { siteCount } = await api.query<{ siteCount: number }>('{ siteCount }');
  shown.set('siteCount', siteCount);
  for (const { id } of sites.filter(({ active }) => active)) await list('paths', { site_id: id });
  return shown;
}

/** All items of a list, page by page. */
export async function itemsOf<Item>(
  api: LiveApi,
  field: string,
  selection: string,
  args: Record<string, string> = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let next_token: string | null = null;
  const given = Object.keys(args).map(name => `, $${name}: ID!`);
  const passed = Object.keys(args).map(name => `, ${name}: $${name}`);
  do {
    const data: Record<string, { items: Item[]; next_token: string | null }> = await api.query(
      `query ($next_token: String${given.join('')}) {
        ${field}(next_token: $next_token, limit: 100${passed.join('')}) { items { ${selection} } next_token }
      }`,
      { ...args, next_token },
    );
    items.push(...data[field]!.items);
    next_token = data[field]!.next_token;
  } while (next_token !== null);
  return items;
}
