import type { PathPreference, PathWeights } from '../../core/routing/choice/path-preference.ts';
import { DEFAULT_FAILOVER } from '../../core/routing/failover/failover-settings.ts';

/** The complete routing of a policy. */
export interface Routing {
  preference: PathPreference['kind'];
  /** For CUSTOM only. */
  weights: PathWeights | null;
  failover_below: number;
  failback_above: number;
  failback_hold_seconds: number;
}

export const DEFAULT_ROUTING: Routing = {
  preference: 'LOWEST_LATENCY',
  weights: null,
  ...DEFAULT_FAILOVER,
};

export interface Policy {
  name: string;
  priority: number;
  enabled: boolean;
  /** As the API expects it, without nulls. */
  match: Record<string, unknown>;
  routing: Routing;
}

export interface Endpoint {
  /** Unique in its site. */
  id: string;
  address: string;
  interface_type: string;
  cost_per_gb: number;
  /** Undefined if a file leaves it out; null: not tested yet. */
  reachable?: boolean | null | undefined;
}

export interface Site {
  name: string;
  location: string | null;
  public_key: string | null;
}

/** The network of a system. Lists are in the order of the API. */
export interface SystemNetwork {
  policies: (Policy & { id: string })[];
  default_routing: Routing;
  sites: SystemSite[];
  paths: SystemPath[];
  /** In service. */
  edges: { id: string; site_id: string | null; interval_s: number }[];
}

export interface SystemSite extends Site {
  id: string;
  endpoints: Endpoint[];
}

export interface SystemPath {
  id: string;
  from: SystemEnd;
  to: SystemEnd;
  wg_interface: string | null;
}

export interface SystemEnd {
  site_id: string;
  endpoint_id: string;
}

/** The content of a file. Sections that are left out are not changed. */
export interface FileNetwork {
  policies?: FilePolicy[] | undefined;
  default_routing?: Routing | undefined;
  sites?: FileSite[] | undefined;
  paths?: FilePath[] | undefined;
  edges?: FileEdge[] | undefined;
}

/** The id in the system that the file was exported from. */
export interface FilePolicy extends Policy {
  id?: string | undefined;
}

export interface FileSite extends Site {
  id?: string | undefined;
  /** Left out: not changed. */
  endpoints?: Endpoint[] | undefined;
}

export interface FilePath {
  id?: string | undefined;
  from: FileEnd;
  to: FileEnd;
  wg_interface: string | null;
}

export interface FileEnd {
  /** Name or id. */
  site: string;
  endpoint_id: string;
}

export interface FileEdge {
  id: string;
  /** Name or id. */
  site: string;
  interval_s?: number | undefined;
}

/** A problem of a file. */
export interface Problem {
  /** The path to the value in the file. */
  path: readonly PropertyKey[];
  message: string;
}

/** A field, its old and its new value. */
export type Change = [field: string, before: unknown, after: unknown];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
