import { z } from 'zod';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import { registeredEdgeSchema } from '../../inventory/edges/edge-items.ts';
import { type Endpoint, endsAt, type Path } from '../../inventory/model/site.ts';
import { endpointSchema, pathSchema } from '../../inventory/model/site-items.ts';
import { type DefinedPolicy, definedPolicySchema } from '../../inventory/policies/policy-items.ts';
import { type PolicyRouting, policyRoutingSchema } from '../decisions/policy-routing.ts';
import { endpointName } from '../path-costs.ts';

/**
 * What decisions between two sites depend on, apart from measurements and failovers. Changed in
 * place.
 */
export interface Topology {
  /** Whether each of the two sites exists. */
  sites: Map<string, boolean>;
  endpoints: Map<string, Endpoint>;
  /** The paths between the two sites. */
  paths: Map<string, Path>;
  /** Defined policies, without the built-in one. */
  policies: Map<string, DefinedPolicy>;
  /** Routing of policies; those with the defaults are not in it. */
  routing: Map<string, PolicyRouting>;
  /** Edges that are at one of the sites, or were since the instant. */
  edges: Set<string>;
}

/** Reads the paths in an archive: of a deleted site, or of one removal of an endpoint. */
export type ReadArchive = (owner: { site_id: string; removal_id?: string }) => Promise<Path[]>;

/**
 * Reverses changes in memory, from the newest one back to an instant. Changes that don't concern
 * the two sites are ignored.
 */
export class Rewinding {
  readonly topology: Topology;
  readonly #at_ms: number;
  readonly #readArchive: ReadArchive;
  /** Paths that an undone removal had brought back, by the site or endpoint that was removed. */
  readonly #away = new Map<string, Path[]>();

  constructor(topology: Topology, { at_ms, readArchive }: { at_ms: number; readArchive: ReadArchive }) {
    this.topology = topology;
    this.#at_ms = at_ms;
    this.#readArchive = readArchive;
  }

  /** Reverses the change of one entry, which was committed after the instant. */
  async takeBack(entry: AuditEntry): Promise<void> {
    if (entry.outcome !== 'DONE') return;
    const step = STEPS[entry.did ?? entry.operation];
    if (step) await this[step](entry);
  }

  policy(entry: AuditEntry): void {
    const before = definedPolicySchema.nullable().parse(entry.before);
    const id = idOf(entry);
    if (before) this.topology.policies.set(id, before);
    else this.topology.policies.delete(id);
  }

  routing(entry: AuditEntry): void {
    this.topology.routing.set(idOf(entry), policyRoutingSchema.parse(entry.before));
  }

  createdPath(entry: AuditEntry): void {
    this.topology.paths.delete(idOf(entry));
  }

  deletedPath(entry: AuditEntry): void {
    this.#addPaths([pathSchema.parse(entry.before)]);
  }

  changedEndpoint(entry: AuditEntry): void {
    const { site_id } = endpointSchema.parse(entry.after);
    if (this.topology.sites.has(site_id)) this.#addEndpoint(endpointSchema.parse(entry.before));
  }

  async removedEndpoint(entry: AuditEntry): Promise<void> {
    if (this.#wasGoing(entry)) return;
    const { endpoint } = removedEndpoint.parse(entry.before);
    const { site_id, id } = endpoint;
    if (!this.topology.sites.has(site_id)) return;
    this.#addEndpoint(endpoint);
    const { removal_id } = removal.parse(entry.after ?? {});
    if (removal_id !== undefined) this.#addPaths(await this.#readArchive({ site_id, removal_id }));
    this.#bringBack(endpointName(site_id, id));
  }

  restoredEndpoint(entry: AuditEntry): void {
    const { site_id, id } = restoredEndpoint.parse(entry.after).endpoint;
    this.#takeAway(endpointName(site_id, id), path => endsAt(path, site_id, id));
  }

  async deletedSite(entry: AuditEntry): Promise<void> {
    const id = idOf(entry);
    if (!this.topology.sites.has(id) || this.#wasGoing(entry)) return;
    this.topology.sites.set(id, true);
    const { endpoints } = deletedSite.parse(entry.before);
    for (const endpoint of endpoints) this.#addEndpoint(endpoint);
    this.#addPaths(await this.#readArchive({ site_id: id }));
    this.#bringBack(id);
  }

  restoredSite(entry: AuditEntry): void {
    const id = idOf(entry);
    if (!this.topology.sites.has(id)) return;
    this.topology.sites.set(id, false);
    this.#takeAway(id, path => endsAt(path, id));
  }

  createdSite(entry: AuditEntry): void {
    const id = idOf(entry);
    if (this.topology.sites.has(id)) this.topology.sites.set(id, false);
  }

  edge(entry: AuditEntry): void {
    const before = registeredEdgeSchema.nullable().parse(entry.before);
    if (before && this.topology.sites.has(before.site_id)) this.topology.edges.add(before.id);
  }

  /** Whether its deletion had begun at the instant: it was hidden from then on. */
  #wasGoing({ started_at }: AuditEntry): boolean {
    return Date.parse(started_at) <= this.#at_ms;
  }

  #addEndpoint(endpoint: Endpoint): void {
    this.topology.endpoints.set(endpointName(endpoint.site_id, endpoint.id), endpoint);
  }

  #addPaths(paths: readonly Path[]): void {
    for (const path of paths) {
      const isBetween = [path.source_site_id, path.destination_site_id].every(id =>
        this.topology.sites.has(id),
      );
      if (isBetween) this.topology.paths.set(path.id, path);
    }
  }

  #takeAway(name: string, which: (path: Path) => boolean): void {
    const { paths } = this.topology;
    const gone = [...paths.values()].filter(which);
    this.#away.set(name, gone);
    for (const { id } of gone) paths.delete(id);
  }

  #bringBack(name: string): void {
    this.#addPaths(this.#away.get(name) ?? []);
    this.#away.delete(name);
  }
}

const removedEndpoint = z.object({ endpoint: endpointSchema });
const restoredEndpoint = z.object({ endpoint: endpointSchema });
const removal = z.object({ removal_id: z.string().optional() });
const deletedSite = z.object({ endpoints: z.array(endpointSchema).default([]) });

/**
 * The method that reverses each operation on which decisions depend. Failovers are not among them:
 * their states are kept with the path.
 */
const STEPS: Partial<Record<string, Exclude<keyof Rewinding, 'topology' | 'takeBack'>>> = {
  createPolicy: 'policy',
  updatePolicy: 'policy',
  togglePolicy: 'policy',
  restorePolicyVersion: 'policy',
  deletePolicy: 'policy',
  setPolicyRouting: 'routing',
  createPath: 'createdPath',
  deletePath: 'deletedPath',
  updateEndpoint: 'changedEndpoint',
  removeEndpoint: 'removedEndpoint',
  restoreEndpoint: 'restoredEndpoint',
  createSite: 'createdSite',
  deleteSite: 'deletedSite',
  restoreSite: 'restoredSite',
  registerEdge: 'edge',
  retireEdge: 'edge',
};

/** The id in an entry's target: 7 in `policy:7`. */
function idOf({ target }: AuditEntry): string {
  return String(target).replace(/^[a-z]+:/, '');
}
