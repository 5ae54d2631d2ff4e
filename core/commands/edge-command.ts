/**
 * What an edge has to do. A newer command of the same `about` replaces the older one, because only
 * the newest counts.
 *
 * - PROBE: measure a path now and answer with `reportProbe`.
 * - ROUTES: take these paths to a site from now on.
 * - POLICIES: fetch the policies; there is a newer version.
 * - PATHS: read `edgeRoutes` again; paths or preferences have changed. Published to edges that
 *   listen, never stored: the others read it when they connect.
 */
export type EdgeCommand =
  | { type: 'PROBE'; data: ProbeOrder }
  | { type: 'ROUTES'; data: RoutesOrder }
  | { type: 'POLICIES'; data: { policies_version: string } }
  | { type: 'PATHS'; data: Record<string, never> };

export interface ProbeOrder {
  path_id: string;
  /** Where the other end answers, `host:port`; what it doesn't say is the edge's default. */
  target: string;
  /** RFC 3339, UTC: an answer after it comes too late. */
  until: string;
}

export interface RoutesOrder {
  destination_site_id: string;
  /** null: there is no path that could carry the policy's traffic. */
  routes: { policy_id: string; path_id: string | null }[];
}

/** A command as it waits for its edge's acknowledgement. */
export type PendingCommand = EdgeCommand & {
  /** ULID. */
  id: string;
  edge_id: string;
  /** RFC 3339, UTC. */
  created_at: string;
};

/** What a command is about: a later one about the same replaces it. */
export function aboutOf(command: EdgeCommand): string {
  switch (command.type) {
    case 'PROBE':
      return `PROBE#${command.data.path_id}`;
    case 'ROUTES':
      return `ROUTES#${command.data.destination_site_id}`;
    case 'POLICIES':
    case 'PATHS':
      return command.type;
  }
}
