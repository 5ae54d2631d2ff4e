/** A WAN attachment of a demo site. Addresses are from the ranges for documentation (RFC 5737). */
export interface DemoEndpoint {
  endpoint_id: string;
  address: string;
  interface_type: string;
  /** Price per gigabyte, in the currency of the system. */
  cost_per_gb: number;
}

export interface DemoSite {
  edge_id: string;
  name: string;
  location: string;
  /** WGS 84 degrees. */
  latitude: number;
  longitude: number;
  endpoints: DemoEndpoint[];
  /** Concurrent flows in its busiest hour. */
  flows: number;
}

/** Price per gigabyte of each kind of line. */
const COSTS = { MPLS: 0.12, FIBER: 0.01, CABLE: 0.015, DSL: 0.02, FIVE_G: 0.06, LTE: 0.08, SATELLITE: 0.4 };

type Line = keyof typeof COSTS;

function site(
  number: number,
  [name, location, latitude, longitude]: [string, string, number, number],
  lines: [Line, Line],
  flows: number,
): DemoSite {
  const networks = ['192.0.2', '198.51.100'];
  return {
    edge_id: `edge-${number}`,
    name,
    location,
    latitude,
    longitude,
    endpoints: lines.map((line, index) => ({
      endpoint_id: `wan${index + 1}`,
      address: `${networks[index]}.${number}`,
      interface_type: line,
      cost_per_gb: COSTS[line],
    })),
    flows,
  };
}

/**
 * A logistics company: two hubs that are connected to all other sites, warehouses and branches. The
 * first three are seeded first, so that there is data from the start.
 */
export const DEMO_SITES: readonly DemoSite[] = [
  site(1, ['Berlin headquarters', 'Berlin, Germany', 52.52, 13.41], ['MPLS', 'FIBER'], 120),
  site(2, ['Frankfurt data centre', 'Frankfurt, Germany', 50.11, 8.68], ['MPLS', 'FIBER'], 120),
  site(3, ['Lisbon branch', 'Lisbon, Portugal', 38.72, -9.14], ['FIBER', 'LTE'], 40),
  site(4, ['Rotterdam warehouse', 'Rotterdam, Netherlands', 51.92, 4.48], ['MPLS', 'CABLE'], 70),
  site(5, ['Gdańsk warehouse', 'Gdańsk, Poland', 54.35, 18.65], ['FIBER', 'DSL'], 60),
  site(6, ['Trieste warehouse', 'Trieste, Italy', 45.65, 13.78], ['CABLE', 'FIVE_G'], 60),
  site(7, ['Tallinn branch', 'Tallinn, Estonia', 59.44, 24.75], ['FIBER', 'LTE'], 40),
  site(8, ['Lyon branch', 'Lyon, France', 45.76, 4.84], ['FIBER', 'DSL'], 40),
  site(9, ['Vienna branch', 'Vienna, Austria', 48.21, 16.37], ['CABLE', 'LTE'], 40),
  site(10, ['Madrid branch', 'Madrid, Spain', 40.42, -3.7], ['FIBER', 'FIVE_G'], 40),
  site(11, ['Malmö service desk', 'Malmö, Sweden', 55.6, 13], ['CABLE', 'LTE'], 30),
  site(12, ['Port of Tromsø', 'Tromsø, Norway', 69.65, 18.96], ['LTE', 'SATELLITE'], 20),
];

/** Sites that are connected to every other site, by both lines. */
export const HUBS: readonly DemoSite[] = DEMO_SITES.slice(0, 2);

/** Sites that are seeded before the start is reported as ready. */
export const FIRST_SITES: readonly DemoSite[] = DEMO_SITES.slice(0, 3);

/**
 * The numbers of the sites that a site sends to: all others for a hub, the hubs for other sites.
 */
export function peersOf(site: DemoSite): number[] {
  const peers = HUBS.includes(site) ? DEMO_SITES : HUBS;
  return peers.filter(peer => peer !== site).map(peer => DEMO_SITES.indexOf(peer) + 1);
}
