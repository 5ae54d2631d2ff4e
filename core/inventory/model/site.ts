/** The status of a site. An ACTIVE site is shown and accepts new paths and endpoints. */
export const SITE_STATUS = {
  active: 'ACTIVE',
  deleting: 'DELETING',
  restoring: 'RESTORING',
} as const;
export type SiteStatus = (typeof SITE_STATUS)[keyof typeof SITE_STATUS];

/** A place with one or more WAN attachments. Times are RFC 3339, UTC. */
export interface Site {
  id: string;
  name: string;
  location: string | null;
  /** WGS 84 degrees; null, both: not known. */
  latitude: number | null;
  longitude: number | null;
  /** WireGuard public key: base64 of 32 bytes. */
  public_key: string | null;
  status: SiteStatus;
  created_at: string;
  updated_at: string;
}

/** The kinds of WAN attachment. */
export const INTERFACE_TYPES = [
  'ETHERNET',
  'FIBER',
  'CABLE',
  'DSL',
  'LTE',
  'FIVE_G',
  'SATELLITE',
  'MPLS',
  'MICROWAVE',
  'OTHER',
] as const;
export type InterfaceType = (typeof INTERFACE_TYPES)[number];

/** A WAN attachment of a site. Its id is unique within the site; the site's edges report it. */
export interface Endpoint {
  site_id: string;
  id: string;
  /** IPv4 or IPv6 address or host name, with or without a port. */
  address: string;
  interface_type: InterfaceType;
  /** Price of a gigabyte (10⁹ bytes) in the system's currency; 0: free of charge, or not known. */
  cost_per_gb: number;
  /** null: not known yet. */
  reachable: boolean | null;
  created_at: string;
  updated_at: string;
}

/** A tunnel from one site's endpoint to another site's. Both sites' partitions hold a copy. */
export interface Path {
  id: string;
  source_site_id: string;
  source_endpoint_id: string;
  destination_site_id: string;
  destination_endpoint_id: string;
  wg_interface: string | null;
  created_at: string;
}

/** Maximum of endpoints a site: the end of a deletion fits one transaction. */
export const MAX_ENDPOINTS = 64;

/** Whether a path ends at a site, or at this endpoint of the site. */
export function endsAt(path: Path, siteId: string, endpointId?: string): boolean {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  return (
    (source_site_id === siteId && (endpointId ?? source_endpoint_id) === source_endpoint_id) ||
    (destination_site_id === siteId && (endpointId ?? destination_endpoint_id) === destination_endpoint_id)
  );
}

/** The site at the other end of a path. */
export function peerOf(path: Path, siteId: string): string {
  return path.source_site_id === siteId ? path.destination_site_id : path.source_site_id;
}
