/**
 * What an edge has to do. A newer command of the same `about` replaces the older one, because only
 * the newest counts.
 *
 * - PROBE: measure a path now and answer with `reportProbe`.
 * - ROUTES: take these paths to a site from now on.
 * - POLICIES: fetch the policies; there is a newer version.
 * - PATHS: read `edgeRoutes` again, unless what was read is of this version of the site or a newer
 *   one. Published to edges that listen, never stored: the others read it when they connect.
 * - NEW_BOOT: reports of this boot were refused; from the third on begin a new one. Also where the
 *   boot was voided, at once.
 */
export type EdgeCommand =
  | { type: 'PROBE'; data: ProbeOrder }
  | { type: 'ROUTES'; data: RoutesOrder }
  | { type: 'POLICIES'; data: { policies_version: string } }
  | { type: 'PATHS'; data: PathsHint }
  | { type: 'NEW_BOOT'; data: NewBootOrder };

/** Releases before the versions named neither: then it is always news. */
export interface PathsHint {
  site_id?: string;
  paths_version?: number;
}

export interface ProbeOrder {
  path_id: string;
  /** Where the other end answers, `host:port`; what it doesn't say is the edge's default. */
  target: string;
  /** RFC 3339, UTC, by the functions' clock: an answer after it comes too late. */
  until: string;
  /** How long there is left for an answer when the edge gets the order; none in a stored one. */
  within_ms?: number;
}

export interface RoutesOrder {
  destination_site_id: string;
  /** null: there is no path that could carry the policy's traffic. */
  routes: { policy_id: string; path_id: string | null }[];
}

/** So many refused reports end a boot: one or two may be stray packets of a boot that is sound. */
export const NEW_BOOT_AFTER = 3;

export interface NewBootOrder {
  boot_id: string;
  /** Reports of the boot that were refused, counted up to {@link NEW_BOOT_AFTER}. */
  contradictions: number;
  /** Why the last one was, for people. */
  reason: string;
  /** Which ones were: `part#seq`. */
  reports?: string[];
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
    case 'NEW_BOOT':
      return command.type;
  }
}
