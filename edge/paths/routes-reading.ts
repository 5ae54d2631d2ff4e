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
export type RoutesHint = Partial<RoutesState>;

/** Whether a hint is of something newer than what was read. What names no version always is. */
export function isNews(hint: RoutesHint, read: RoutesState | undefined): boolean {
  const { site_id, paths_version, routing_version } = hint;
  if (!read || (paths_version === undefined && routing_version === undefined)) return true;
  if (site_id !== undefined && site_id !== read.site_id) return true;
  return (paths_version ?? 0) > read.paths_version || (routing_version ?? 0) > read.routing_version;
}
