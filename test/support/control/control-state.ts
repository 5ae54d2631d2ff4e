import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import type { ErrorType } from '../../../core/errors.ts';

/** The fields of an audit entry that the model checks. */
export type Entry = Pick<AuditEntry, 'id' | 'operation' | 'did' | 'target' | 'before' | 'after'>;

export interface ModelSite {
  id: string;
  name: string;
  location: string | null;
  active: boolean;
  /** Whether it was restored since its last deletion. */
  restored: boolean;
  endpoints: { id: string; address: string }[];
}

export interface ModelPath {
  id: string;
  source_site_id: string;
  source_endpoint_id: string;
  destination_site_id: string;
  destination_endpoint_id: string;
  wg_interface: string | null;
  /** `archive`: returns with the site that was deleted with it, or with its peer. */
  place: 'in use' | 'archive' | 'gone';
  /** Whether an operator has withdrawn it. */
  withdrawn: boolean;
}

export interface ModelPolicy {
  id: string;
  name: string;
  priority: number;
  enabled: boolean;
  defined: boolean;
  preference: string;
  /** Its definitions so far, by the entries of their changes. */
  versions: PolicyVersion[];
}

interface PolicyVersion {
  id: string;
  definition: Pick<ModelPolicy, 'name' | 'priority' | 'enabled'>;
}

/** Packets by policy. */
export type Packets = Record<string, number>;

export interface ModelEdge {
  id: string;
  /** null: it isn't registered. */
  site_id: string | null;
  retired: boolean;
  boots: ModelBoot[];
}

export interface ModelBoot {
  id: string;
  seq: number;
  /** The counts of the edge as of its last report. */
  reported: Packets;
  /** The part of these that the system has counted: no reports during a void of the boot. */
  counted: Packets;
  voided_by: string | null;
}

export interface ModelReset {
  audit_id: string;
  /** null: of all policies. */
  policy_id: string | null;
  /** The counts of each boot, by edge and boot. */
  counted: Record<string, Packets>;
  undone: boolean;
}

/** The expected content of the control plane. Plain data: an undo returns to a copy. */
export interface ControlState {
  sites: ModelSite[];
  paths: ModelPath[];
  /** All policies that ever existed, in the order of their definition. */
  policies: ModelPolicy[];
  default_preference: string;
  edges: ModelEdge[];
  resets: ModelReset[];
}

export function emptyState(edges: readonly string[]): ControlState {
  return {
    sites: [],
    paths: [],
    policies: [],
    default_preference: 'LOWEST_LATENCY',
    edges: edges.map(id => ({ id, site_id: null, retired: false, boots: [] })),
    resets: [],
  };
}

/** One change with its own audit entry. */
export interface Effect {
  /** Its name in the audit log. */
  operation: string;
  /** Set if it is known in advance. */
  target?: string;
  /** The state after the change. A created object has its id from the entry. */
  apply(entry: Entry): void;
}

/** A request, and its expected result. */
export interface Plan {
  /** The mutation. */
  operation: string;
  args: object;
  /** `done`, or the type of the refusal. */
  outcome: 'done' | ErrorType;
  /** Another correct refusal, if the model cannot know. */
  unless?: ErrorType;
  /** All of them after success; after a kill each one is there or not. */
  effects: Effect[];
}

/** One of several; undefined when there is none. */
export type Choose = <T>(of: readonly T[]) => T | undefined;

/** Plans a change for the state; undefined if there is no suitable object. */
export type Planner = (state: ControlState, choose: Choose) => Plan | undefined;

export const siteOf = ({ sites }: ControlState, id: string): ModelSite => sites.find(site => site.id === id)!;

export const hasEndpoint = (state: ControlState, siteId: string, endpointId: string): boolean =>
  siteOf(state, siteId).endpoints.some(({ id }) => id === endpointId);

export const touches = (path: ModelPath, siteId: string): boolean =>
  path.source_site_id === siteId || path.destination_site_id === siteId;

/** A refusal: nothing changes. */
export function refused(operation: string, args: object, outcome: ErrorType): Plan {
  return { operation, args, outcome, effects: [] };
}

/** A change with one entry, of its own name. */
export function done(operation: string, args: object, effect: Omit<Effect, 'operation'>): Plan {
  return { operation, args, outcome: 'done', effects: [{ operation, ...effect }] };
}

const bootName = (edge: ModelEdge, boot: ModelBoot) => `${edge.id} ${boot.id}`;

/** The counts of each boot by now. */
export function countedOf({ edges }: ControlState): Record<string, Packets> {
  const counts = edges.flatMap(edge =>
    edge.boots.map(boot => [bootName(edge, boot), { ...boot.counted }] as const),
  );
  return Object.fromEntries(counts);
}

/** Whether any traffic was ever counted for a policy. */
export function hasCounted({ edges }: ControlState, policyId: string): boolean {
  return edges.some(({ boots }) => boots.some(({ counted }) => policyId in counted));
}

/**
 * The visible packets of a policy: the counts since the newest reset of all boots that are not
 * voided.
 */
export function shownPackets({ edges, resets }: ControlState, policyId: string): number {
  const covers = ({ policy_id, undone }: ModelReset) =>
    !undone && (policy_id === null || policy_id === policyId);
  const base = resets.findLast(covers)?.counted ?? {};
  let packets = 0;
  for (const edge of edges) {
    for (const boot of edge.boots) {
      if (boot.voided_by !== null) continue;
      packets += (boot.counted[policyId] ?? 0) - (base[bootName(edge, boot)]?.[policyId] ?? 0);
    }
  }
  return packets;
}
