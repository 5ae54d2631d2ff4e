import type { AuditEntry } from '../audit/audit-entry.ts';
import type { RegisteredEdge } from '../inventory/edges/edge-items.ts';
import type { Path } from '../inventory/model/site.ts';

type Concerned = (entry: AuditEntry, edge: RegisteredEdge) => boolean;

const everyone: Concerned = () => true;

const ofPath: Concerned = ({ before, after }, { site_id }) => {
  const { source_site_id, destination_site_id } = (after ?? before) as Path;
  return site_id === source_site_id || site_id === destination_site_id;
};

/** Which edges have other paths, or choose among them otherwise, after an operation. A failover tells its edges itself. */
const CONCERNED: Record<string, Concerned> = {
  createPath: ofPath,
  deletePath: ofPath,
  registerEdge: ({ target }, { id }) => target === `edge:${id}`,
  // Endpoints and sites take the paths of peers with them, and only their number is written down.
  removeEndpoint: everyone,
  deleteSite: everyone,
  restoreSite: everyone,
  setPolicyRouting: everyone,
};

/** The edges that have to read their paths again after a change, by its audit entry. */
export function edgesOfChange(entry: AuditEntry, edges: readonly RegisteredEdge[]): RegisteredEdge[] {
  const concerned = entry.outcome === 'DONE' ? CONCERNED[entry.operation] : undefined;
  return concerned ? edges.filter(edge => concerned(entry, edge)) : [];
}

/** Whether any edge may have to. */
export function mayChangePaths({ outcome, operation }: AuditEntry): boolean {
  return outcome === 'DONE' && Object.hasOwn(CONCERNED, operation);
}
