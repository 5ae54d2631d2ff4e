import { expect } from 'vitest';
import type { ControlState, ModelPath, ModelSite } from './control-state.ts';
import { touches } from './control-state.ts';
import type { ControlWorld } from './control-world.ts';

/** What the queries show, by query and arguments. */
export type Shown = Map<string, unknown>;

/** Asks the queries about everything that the state has ever held: those that show most, or all of them. */
export async function readShown(
  world: ControlWorld,
  { sites }: ControlState,
  { all }: { all: boolean },
): Promise<Shown> {
  const asked: [string, object?][] = [['sites'], ['siteCount'], ['deletedSites']];
  for (const { id, active } of sites) {
    if (all || active) asked.push(['paths', { site_id: id }]);
    if (all)
      asked.push(
        ['site', { id }],
        ['countSitePaths', { site_id: id }],
        ['siteDeletionPreview', { site_id: id }],
      );
  }
  const answers = await Promise.all(
    asked.map(async ([field, args = {}]) => [keyOf(field, args), await world.query(field, args)] as const),
  );
  return new Map(answers);
}

const keyOf = (field: string, args: object = {}) => [field, ...Object.values(args)].join(' ');

/** Fails unless the queries show the state, those that were asked. `ended`: nothing is under way. */
export function expectShown(shown: Shown, state: ControlState, { ended = true } = {}): void {
  const active = state.sites.filter(site => site.active);
  expect(sorted(itemsOf(shown.get('sites')).map(siteSeen))).toEqual(sorted(active.map(siteDue)));
  expect(shown.get('siteCount')).toBe(active.length);
  const deleted = state.sites.filter(site => !site.active).map(({ id }) => id);
  const listed = itemsOf(shown.get('deletedSites')).map(({ site_id }) => site_id);
  // While a deletion or a restore is under way, it isn't listed.
  if (ended) expect(listed.sort()).toEqual(deleted.sort());
  for (const site of state.sites) expectSite(site, state, shown);
}

function expectSite(site: ModelSite, { paths }: ControlState, shown: Shown): void {
  const { id, active } = site;
  const due = paths.filter(path => path.place === 'in use' && touches(path, id));
  const peers = new Set(
    due.map(path => (path.source_site_id === id ? path.destination_site_id : path.source_site_id)),
  );
  const preview = { endpoints: site.endpoints.length, paths: due.length, peer_sites: peers.size };
  const notFound = { error: { type: 'NotFound' } };
  const list = shown.get(keyOf('paths', { site_id: id }));
  if (list !== undefined) {
    if (active) expect(sorted(itemsOf(list).map(pathSeen))).toEqual(sorted(due.map(pathDue)));
    else expect(list).toMatchObject(notFound);
  }
  const found = shown.get(keyOf('site', { id }));
  // The other queries are asked only together with this one.
  if (found === undefined) return;
  if (active) expect(siteSeen(found as Row)).toEqual(siteDue(site));
  else expect(found).toBeNull();
  expect(shown.get(keyOf('countSitePaths', { site_id: id }))).toBe(due.length);
  expect(shown.get(keyOf('siteDeletionPreview', { site_id: id }))).toMatchObject(active ? preview : notFound);
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into the answer as a client does
type Row = Record<string, any>;

function itemsOf(answer: unknown): Row[] {
  const { items, next_token } = answer as { items: Row[]; next_token: null };
  expect(next_token).toBeNull();
  return items;
}

function siteSeen({ id, name, location, status, endpoints }: Row) {
  const own = endpoints.map(({ id, address }: Row) => ({ id, address }));
  return { id, name, location, status, endpoints: sorted(own) };
}

function siteDue({ id, name, location, endpoints }: ModelSite) {
  return { id, name, location, status: 'ACTIVE', endpoints: sorted(endpoints) };
}

function pathSeen(path: Row) {
  return { ...ends(path as ModelPath), id: path.id };
}

const pathDue = (path: ModelPath) => ({ ...ends(path), id: path.id });

function ends(path: ModelPath) {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  const { wg_interface } = path;
  return { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id, wg_interface };
}

function sorted<T extends { id: string }>(rows: T[]): T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What an undo needn't bring back: when something changed last, and until when what is deleted is kept. */
const VOLATILE = new Set(['updated_at', 'timestamp', 'age_seconds']);

/** The answers without what an undo leaves behind. */
export function comparable(shown: Shown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(Object.fromEntries(shown)), (name, value) =>
    VOLATILE.has(name) ? undefined : value,
  );
}
