import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import type { ErrorType } from '../../../core/errors.ts';

/** An audit entry as far as the model looks at it. */
export type Entry = Pick<AuditEntry, 'id' | 'operation' | 'did' | 'target' | 'before' | 'after'>;

export interface ModelSite {
  id: string;
  name: string;
  location: string | null;
  active: boolean;
  /** Whether it was restored since it was deleted last. */
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
  /** `archive`: comes back with the site that took it along, or with its peer. */
  place: 'in use' | 'archive' | 'gone';
  /** Whether an operator keeps it out of use. */
  withdrawn: boolean;
}

export interface ModelPolicy {
  id: string;
  name: string;
  priority: number;
  enabled: boolean;
  defined: boolean;
  preference: string;
  /** Definitions that it has had, by the entries of their changes. */
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
  /** What the edge has counted, as it reported last. */
  reported: Packets;
  /** Of that what the system has taken in: nothing of what comes while the boot is voided. */
  counted: Packets;
  voided_by: string | null;
}

export interface ModelReset {
  audit_id: string;
  /** null: of all policies. */
  policy_id: string | null;
  /** What each boot had counted, by edge and boot. */
  counted: Record<string, Packets>;
  undone: boolean;
}

/** What the control plane should hold. Plain data: a copy is what an undo leads back to. */
export interface ControlState {
  sites: ModelSite[];
  paths: ModelPath[];
  /** All that ever were, in the order of their definition. */
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

/** One change that has its own audit entry. */
export interface Effect {
  /** As the audit log calls it. */
  operation: string;
  /** Where it is known before it is done. */
  target?: string;
  /** The state after it. What was made has its id from the entry. */
  apply(entry: Entry): void;
}

/** What is asked for, and what should come of it. */
export interface Plan {
  /** The mutation. */
  operation: string;
  args: object;
  /** `done`, or the type of the refusal. */
  outcome: 'done' | ErrorType;
  /** A refusal that is right as well, where the model doesn't know. */
  unless?: ErrorType;
  /** All of them once it is done; after a kill each one is there or not. */
  effects: Effect[];
}

/** One of some; undefined when there is none. */
export type Choose = <T>(of: readonly T[]) => T | undefined;

/** Plans a change by the state; undefined when there is nothing that it could be about. */
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

/** What each boot has counted by now. */
export function countedOf({ edges }: ControlState): Record<string, Packets> {
  const counts = edges.flatMap(edge =>
    edge.boots.map(boot => [bootName(edge, boot), { ...boot.counted }] as const),
  );
  return Object.fromEntries(counts);
}

/** Whether anything was ever counted for a policy. */
export function hasCounted({ edges }: ControlState, policyId: string): boolean {
  return edges.some(({ boots }) => boots.some(({ counted }) => policyId in counted));
}

/**
 * The packets that a policy shows: what boots that aren't voided have counted since the newest
 * reset.
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
