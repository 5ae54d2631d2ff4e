import { expect } from 'vitest';
import {
  type ControlState,
  hasCounted,
  type ModelPath,
  type ModelSite,
  shownPackets,
  touches,
} from './control-state.ts';
import { type Shown, shownKey } from './read-shown.ts';

/** Fails unless the given queries return the state. `ended`: no operation is running. */
export function expectShown(shown: Shown, state: ControlState, { ended = true } = {}): void {
  const active = state.sites.filter(site => site.active);
  expect(sorted(itemsOf(shown.get('sites')).map(siteSeen))).toEqual(sorted(active.map(siteDue)));
  expect(shown.get('siteCount')).toBe(active.length);
  const deleted = state.sites.filter(site => !site.active).map(({ id }) => id);
  const listed = itemsOf(shown.get('deletedSites')).map(({ site_id }) => site_id);
  // During a deletion or a restore it is not listed.
  if (ended) expect(listed.sort()).toEqual(deleted.sort());
  for (const site of active) expectPaths(shown.get(shownKey('paths', { site_id: site.id })), state, site);
  expect(itemsOf(shown.get('policies')).map(policySeen)).toEqual(policiesDue(state));
  expect(sorted(itemsOf(shown.get('edges')).map(edgeSeen))).toEqual(sorted(edgesDue(state)));
}

function expectPaths(answer: unknown, { paths }: ControlState, site: ModelSite): void {
  // Queried for sites that existed before a change that may have restored this one.
  if (answer === undefined) return;
  const due = paths.filter(path => path.place === 'in use' && touches(path, site.id));
  const found = itemsOf(answer);
  expect(sorted(found.map(pathSeen))).toEqual(sorted(due.map(pathDue)));
  for (const { id, withdrawn } of due) {
    const { out_for, status } = found.find(path => path.id === id)!;
    if (withdrawn) expect({ id, out_for, status }).toEqual({ id, out_for: ['*'], status: 'OUT' });
    else expect(out_for).not.toContain('*');
  }
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
  return { ...endsOf(path as ModelPath), id: path.id, maintenance: path.maintenance !== null };
}

const pathDue = (path: ModelPath) => ({ ...endsOf(path), id: path.id, maintenance: path.withdrawn });

function endsOf(path: ModelPath) {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  const { wg_interface } = path;
  return { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id, wg_interface };
}

function policySeen({ id, name, priority, enabled, defined, packets_matched_exact: packets }: Row) {
  return defined && id !== 'default' ? { id, name, priority, enabled, packets } : { id, packets };
}

/**
 * Highest priority first, the one defined earlier first among equals, then `default`, then counted
 * but undefined ones.
 */
function policiesDue(state: ControlState) {
  const packetsOf = (id: string) => String(shownPackets(state, id));
  const defined = state.policies.filter(policy => policy.defined);
  const unknown = [...state.policies.filter(policy => !policy.defined).map(({ id }) => id), 'unknown'];
  return [
    ...defined
      .toSorted((a, b) => b.priority - a.priority)
      .map(({ id, name, priority, enabled }) => ({ id, name, priority, enabled, packets: packetsOf(id) })),
    ...['default', ...unknown.filter(id => hasCounted(state, id)).sort()].map(id => ({
      id,
      packets: packetsOf(id),
    })),
  ];
}

function edgeSeen({ id, site_id, registered, retired_at, packets_exact: packets }: Row) {
  return { id, registered, retired: retired_at !== null, packets, ...(registered && { site_id }) };
}

function edgesDue({ edges }: ControlState) {
  return edges
    .filter(({ site_id, boots }) => site_id !== null || boots.length > 0)
    .map(({ id, site_id, retired, boots }) => {
      const counted = boots
        .filter(boot => boot.voided_by === null)
        .flatMap(boot => Object.values(boot.counted));
      const packets = String(counted.reduce((sum, packets) => sum + packets, 0));
      return { id, registered: site_id !== null, retired, packets, ...(site_id !== null && { site_id }) };
    });
}

function sorted<T extends { id: string }>(rows: T[]): T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
