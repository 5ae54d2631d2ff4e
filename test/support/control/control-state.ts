import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import type { ErrorType } from '../../../core/errors.ts';

/** An audit entry as far as the model looks at it. */
export type Entry = Pick<AuditEntry, 'id' | 'operation' | 'target' | 'before' | 'after'>;

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
}

/** What the control plane should hold. Plain data: a copy is what an undo leads back to. */
export interface ControlState {
  sites: ModelSite[];
  paths: ModelPath[];
}

export const emptyState = (): ControlState => ({ sites: [], paths: [] });

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
