/** A WAN attachment of a made-up office. Addresses are of the ranges set aside for documentation (RFC 5737). */
export interface DemoEndpoint {
  endpoint_id: string;
  address: string;
  interface_type: string;
  /** US dollars a gigabyte. */
  cost_per_gb: number;
}

export interface DemoSite {
  edge_id: string;
  name: string;
  location: string;
  endpoints: DemoEndpoint[];
}

const site = (number: number, name: string, location: string): DemoSite => ({
  edge_id: `edge-${number}`,
  name,
  location,
  endpoints: [
    { endpoint_id: 'wan1', address: `192.0.2.${number}`, interface_type: 'FIBER', cost_per_gb: 0.01 },
    { endpoint_id: 'wan2', address: `198.51.100.${number}`, interface_type: 'LTE', cost_per_gb: 0.08 },
  ],
});

/** Three offices, each with a fast link and a dearer one; like links are joined by paths. */
export const DEMO_SITES: readonly DemoSite[] = [
  site(1, 'Berlin', 'Germany'),
  site(2, 'Lisbon', 'Portugal'),
  site(3, 'Tallinn', 'Estonia'),
];
