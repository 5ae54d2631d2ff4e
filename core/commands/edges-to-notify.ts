import type { AuditEntry, ChangeOperation } from '../audit/audit-entry.ts';
import type { RegisteredEdge } from '../inventory/edges/edge-items.ts';
import type { Path } from '../inventory/model/site.ts';

/** Whether an edge has to hear of the change that an entry is about. */
type Concerns = (entry: AuditEntry, edge: RegisteredEdge) => boolean;

const everyEdge: Concerns = () => true;

const edgesAtPath: Concerns = ({ before, after }, { site_id }) => {
  const { source_site_id, destination_site_id } = (after ?? before) as Path;
  return site_id === source_site_id || site_id === destination_site_id;
};

const edgeItself: Concerns = ({ target }, { id }) => target === `edge:${id}`;

/** The operation changes no paths, or edges hear of it in another way. */
const noEdge = null;

/**
 * After which operations edges have other paths or choose among them otherwise, and which edges
 * those are. It has a row for every operation, so that one that is forgotten does not compile.
 */
const EDGES_TO_NOTIFY: Record<ChangeOperation, Concerns | null> = {
  createPath: edgesAtPath,
  deletePath: edgesAtPath,
  registerEdge: edgeItself,
  // Endpoints and sites take the paths of peers with them, and an entry has only their number.
  removeEndpoint: everyEdge,
  // Edges of all sites that paths lead to measure its address.
  updateEndpoint: everyEdge,
  deleteSite: everyEdge,
  restoreSite: everyEdge,
  restoreEndpoint: everyEdge,
  setPolicyRouting: everyEdge,

  // Each of its sites has an entry of its own, as `deleteSite`.
  deleteSites: noEdge,
  // Their own ROUTES commands carry the new routes (orderRoutes).
  failoverPath: noEdge,
  restorePath: noEdge,
  failbackPath: noEdge,
  // It concerns those whom what it does concerns.
  undo: noEdge,
  // A POLICIES command follows the version of the policies.
  createPolicy: noEdge,
  updatePolicy: noEdge,
  deletePolicy: noEdge,
  togglePolicy: noEdge,
  // A new site or endpoint has no paths yet; a name changes none.
  createSite: noEdge,
  updateSite: noEdge,
  addEndpoint: noEdge,
  // An edge out of service gets no commands.
  retireEdge: noEdge,
  // Keys concern what edges send, not what they are told.
  rotateEdgeKey: noEdge,
  revokeEdgeKey: noEdge,
  checkPathHealth: noEdge,
  reportProbe: noEdge,
  acknowledgeCommand: noEdge,
  clearCache: noEdge,
  resetPolicyStats: noEdge,
  resetAllStats: noEdge,
  undoReset: noEdge,
  // The edge is told by a command of its own.
  voidBoot: noEdge,
  undoVoidBoot: noEdge,
  eraseFlows: noEdge,
  acknowledgeAlarm: noEdge,
  startExport: noEdge,
  exportLink: noEdge,
  cancelExport: noEdge,
  recoverCounters: noEdge,
};

/** The edges that have to read their paths again after a change, by its audit entry. */
export function edgesToNotify(entry: AuditEntry, edges: readonly RegisteredEdge[]): RegisteredEdge[] {
  const concerns = concernsOf(entry);
  return concerns ? edges.filter(edge => concerns(entry, edge)) : [];
}

/** Whether any edge may have to. */
export function mayNotifyEdges(entry: AuditEntry): boolean {
  return concernsOf(entry) !== null;
}

function concernsOf({ outcome, operation, did }: AuditEntry): Concerns | null {
  const done = did ?? operation;
  return outcome === 'DONE' && isChangeOperation(done) ? EDGES_TO_NOTIFY[done] : null;
}

// Entries of other releases may name operations that this one doesn't know.
function isChangeOperation(operation: string): operation is ChangeOperation {
  return Object.hasOwn(EDGES_TO_NOTIFY, operation);
}
