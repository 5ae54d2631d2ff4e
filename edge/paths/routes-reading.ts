import type { RouteVersions } from '../../core/commands/route-versions.ts';
import type { EdgeRoutes } from '../../core/routing/edge-routes.ts';

/** The state of the network at which paths and routes were read. */
export interface RoutesState extends RouteVersions {
  site_id: string;
}

/** The result of reading all paths and routes of an edge. */
export interface RoutesReading {
  /** Undefined: the edge isn't in service, or the system's release has no versions. */
  state: RoutesState | undefined;
  peers: EdgeRoutes[];
}

/** A hint that newer paths or routes exist. */
export interface RoutesHint extends Partial<RoutesState> {
  /** Version of the policies that the edge has just applied, whose routes are missing. */
  policies_version?: string;
}

/**
 * The required state of a read: at least this routing version for all sites, or the current state.
 */
export type Due = number | 'now';

/**
 * The required state for a hint. Paths of one site can't be shared with other edges' reads, so they
 * require the current state.
 */
export function dueOf({ policies_version, routing_version }: RoutesHint): Due {
  if (routing_version !== undefined) return routing_version;
  return policies_version === undefined ? 'now' : 0;
}

/** The state that satisfies both. */
export function bothDue(a: Due | undefined, b: Due): Due {
  if (a === undefined) return b;
  return a === 'now' || b === 'now' ? 'now' : Math.max(a, b);
}

/**
 * Whether a hint announces something newer than the last read. A hint without versions always does.
 */
export function isNews(hint: RoutesHint, read: RoutesState | undefined): boolean {
  const { site_id, paths_version, routing_version } = hint;
  if (!read || (paths_version === undefined && routing_version === undefined)) return true;
  if (site_id !== undefined && site_id !== read.site_id) return true;
  return (paths_version ?? 0) > read.paths_version || (routing_version ?? 0) > read.routing_version;
}
