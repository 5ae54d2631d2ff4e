/**
 * A command to an edge. A newer command about the same subject replaces the older one.
 *
 * - PROBE: measure a path now and answer with `reportProbe`.
 * - ROUTES: use these paths to a site from now on.
 * - POLICIES: fetch the policies; there is a newer version.
 * - PATHS: read `edgeRoutes` again, unless the edge has read this version of the site or a newer
 * one.
 *   Published to listening edges and not stored: the others read `edgeRoutes` when they connect.
 * - NEW_BOOT: reports of this boot were refused; after the third one begin a new boot. If the boot
 * was
 *   voided, begin it at once.
 */
export type EdgeCommand =
  | { type: 'PROBE'; data: ProbeOrder }
  | { type: 'ROUTES'; data: RoutesOrder }
  | { type: 'POLICIES'; data: { policies_version: string } }
  | { type: 'PATHS'; data: PathsHint }
  | { type: 'NEW_BOOT'; data: NewBootOrder };

/** Releases before the versions named neither; then the edge always reads again. */
export interface PathsHint {
  site_id?: string;
  paths_version?: number;
}

export interface ProbeOrder {
  path_id: string;
  /** Address of the other end, `host:port`; the edge has defaults for missing parts. */
  target: string;
  /** Latest time of the answer, by the functions' clock. RFC 3339, UTC. */
  until: string;
  /** Time left for the answer when the edge gets the order; absent in a stored one. */
  within_ms?: number;
}

export interface RoutesOrder {
  destination_site_id: string;
  /** null: no path can carry the policy's traffic. */
  routes: { policy_id: string; path_id: string | null }[];
}

/** Refused reports that end a boot. One or two may be stray packets of a sound boot. */
export const NEW_BOOT_AFTER = 3;

export interface NewBootOrder {
  boot_id: string;
  /** Reports of the boot that were refused, counted up to {@link NEW_BOOT_AFTER}. */
  contradictions: number;
  /** Why the last one was refused, for people. */
  reason: string;
  /** The refused reports: `part#seq`. */
  reports?: string[];
}

/** A command that waits for its edge's acknowledgement. */
export type PendingCommand = EdgeCommand & {
  /** ULID. */
  id: string;
  edge_id: string;
  /** RFC 3339, UTC. */
  created_at: string;
};

/** The subject of a command: a later command about the same subject replaces it. */
export function aboutOf(command: EdgeCommand): string {
  switch (command.type) {
    case 'PROBE':
      return `PROBE#${command.data.path_id}`;
    case 'ROUTES':
      return `ROUTES#${command.data.destination_site_id}`;
    case 'POLICIES':
    case 'PATHS':
    case 'NEW_BOOT':
      return command.type;
  }
}
