import type { RouteVersions } from '../../core/commands/route-versions.ts';
import type { EdgeRoutes } from '../../core/routing/edge-routes.ts';

/** Which state of the network paths and routes were read at. */
export interface RoutesState extends RouteVersions {
  site_id: string;
}

/** All that an edge measures and routes over, as it was read. */
export interface RoutesReading {
  /** undefined: the edge isn't in service, or the system is of a release without versions. */
  state: RoutesState | undefined;
  peers: EdgeRoutes[];
}

/** What a hint says of what there is to read by now. */
export interface RoutesHint extends Partial<RoutesState> {
  /** Of policies that the edge has just taken, whose routes it lacks. */
  policies_version?: string;
}

/**
 * What a reading has to see: the routing of all sites as of this version at least, or everything as
 * it is now.
 */
export type Due = number | 'now';

/** What has to be seen for a hint of `hint`. A site's own paths are no other edge's reading. */
export function dueOf({ policies_version, routing_version }: RoutesHint): Due {
  if (routing_version !== undefined) return routing_version;
  return policies_version === undefined ? 'now' : 0;
}

/** What sees both. */
export function bothDue(a: Due | undefined, b: Due): Due {
  if (a === undefined) return b;
  return a === 'now' || b === 'now' ? 'now' : Math.max(a, b);
}

/** Whether a hint is of something newer than what was read. What names no version always is. */
export function isNews(hint: RoutesHint, read: RoutesState | undefined): boolean {
  const { site_id, paths_version, routing_version } = hint;
  if (!read || (paths_version === undefined && routing_version === undefined)) return true;
  if (site_id !== undefined && site_id !== read.site_id) return true;
  return (paths_version ?? 0) > read.paths_version || (routing_version ?? 0) > read.routing_version;
}
