import type { AuditEntry } from '../../audit/audit-entry.ts';
import { readAuditLog } from '../../audit/read-audit-log.ts';
import { ValidationError } from '../../errors.ts';
import { chunkPaths } from '../../inventory/archive/archive-chunk.ts';
import { chunkPages } from '../../inventory/archive/archived-paths.ts';
import { readRegisteredEdges } from '../../inventory/edges/read-edges.ts';
import { endpointArchive } from '../../inventory/model/inventory-keys.ts';
import { type Path, peerOf } from '../../inventory/model/site.ts';
import { toPath } from '../../inventory/model/site-items.ts';
import { readGraphAround } from '../../inventory/paths/path-graph.ts';
import { readPolicies } from '../../inventory/policies/read-policies.ts';
import { readVisible } from '../../inventory/removal/hidden-sites.ts';
import { readShownSites } from '../../inventory/sites/shown-sites.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { timestamp } from '../../storage/store-context.ts';
import { readAllPolicyRouting } from '../decisions/policy-routing.ts';
import { endpointIndex } from '../path-costs.ts';
import { type ReadArchive, Rewinding, type Topology } from './rewind.ts';

/** The two sites of a request. */
export interface SitesAsked {
  source_site_id: string;
  destination_site_id: string;
}

/**
 * Upper limit of the entries that one answer reverses: each page of them costs a few read units.
 */
const MAX_ENTRIES = 10_000;
const ENTRIES_A_PAGE = 500;

/**
 * What decisions between two sites depended on at an instant: the present state, with the changes
 * since reversed by the audit log.
 *
 * @throws ValidationError when there were too many changes since · Throttled at the deadline
 */
export async function readTopologyAt(
  context: StoreContext,
  { sites, at_ms }: { sites: SitesAsked; at_ms: number },
): Promise<Topology> {
  // The present state is read before the log: a change in between is then reversed without harm.
  const now = await readTopologyNow(context, sites);
  const rewinding = new Rewinding(now, { at_ms, readArchive: archiveReader(context) });
  for await (const entry of entriesSince(context, at_ms)) await rewinding.takeBack(entry);
  return rewinding.topology;
}

async function readTopologyNow(context: StoreContext, sites: SitesAsked): Promise<Topology> {
  const { source_site_id, destination_site_id } = sites;
  const ids = [source_site_id, destination_site_id];
  const [graph, { defined }, routing, edges, shown] = await Promise.all([
    readVisible(
      context,
      () => readGraphAround(context, source_site_id, destination_site_id),
      ({ paths, endpoints }, hidden) => ({
        paths: paths.filter(path => !hidden.path(path)),
        endpoints: endpoints.filter(({ site_id, id }) => !hidden.endpoint(site_id, id)),
      }),
    ),
    readPolicies(context),
    readAllPolicyRouting(context),
    readRegisteredEdges(context),
    readShownSites(context, ids),
  ]);
  const between = graph.paths.filter(path => peerOf(path, source_site_id) === destination_site_id);
  return {
    sites: new Map(ids.map(id => [id, shown.has(id)])),
    endpoints: endpointIndex(graph.endpoints),
    paths: new Map(between.map(path => [path.id, path])),
    policies: new Map(defined.map(policy => [policy.id, policy])),
    routing,
    edges: new Set(edges.filter(({ site_id }) => ids.includes(site_id)).map(({ id }) => id)),
  };
}

async function* entriesSince(context: StoreContext, at_ms: number): AsyncGenerator<AuditEntry> {
  let next_token: string | null = null;
  let read = 0;
  do {
    const filter = { from_ms: at_ms + 1 };
    const page = await readAuditLog(context, { limit: ENTRIES_A_PAGE, next_token, filter });
    yield* page.items;
    read += page.items.length;
    if (read > MAX_ENTRIES) throw tooMuch(at_ms);
    next_token = page.next_token;
  } while (next_token !== null);
}

function tooMuch(at_ms: number): ValidationError {
  return new ValidationError(
    `More than ${MAX_ENTRIES.toLocaleString('en')} changes were made since ${timestamp(at_ms)}, too many for one answer: choose a later value for at.`,
  );
}

function archiveReader(context: StoreContext): ReadArchive {
  return async ({ site_id, removal_id }) => {
    const owner = removal_id === undefined ? site_id : endpointArchive(site_id, removal_id);
    const paths: Path[] = [];
    for await (const chunks of chunkPages(context, owner))
      paths.push(...chunks.flatMap(chunkPaths).map(toPath));
    return paths;
  };
}
