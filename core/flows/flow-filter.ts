import { type ApplicationClass, applicationClass } from '../policy/application-class.ts';
import { type Cidr, formatAddress, parseKnownAddress } from '../policy/ip-address.ts';
import { NetworkTable } from '../policy/network-table.ts';
import { MAX_PORT, type PortRange } from '../policy/port-range.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';

/**
 * Values by field. Fields that are left out don't restrict; the values of one field are
 * alternatives.
 */
export interface FlowValues {
  policy_ids?: readonly string[] | undefined;
  site_ids?: readonly string[] | undefined;
  endpoint_ids?: readonly string[] | undefined;
  edge_ids?: readonly string[] | undefined;
  /** At least one end is in one of these networks. */
  addresses?: readonly Cidr[] | undefined;
  srcs?: readonly Cidr[] | undefined;
  dsts?: readonly Cidr[] | undefined;
  /** At least one end has one of these ports. */
  ports?: readonly PortRange[] | undefined;
  protocols?: readonly number[] | undefined;
  applications?: readonly ApplicationClass[] | undefined;
}

/** Conditions on logged flows: one value of each field matches, and no value of `not` matches. */
export interface FlowFilter extends FlowValues {
  not?: FlowValues | undefined;
}

/** The filter that accepts only these ids. */
export function filterOfIds({ policy_id, site_id, endpoint_id, edge_id }: OneIds): FlowFilter {
  const list = (id: string | undefined) => (id === undefined ? undefined : [id]);
  return {
    policy_ids: list(policy_id),
    site_ids: list(site_id),
    endpoint_ids: list(endpoint_id),
    edge_ids: list(edge_id),
  };
}

interface OneIds {
  policy_id?: string | undefined;
  site_id?: string | undefined;
  endpoint_id?: string | undefined;
  edge_id?: string | undefined;
}

/**
 * Whether a flow passes a filter; made once per query. Sites and edges belong to reports: see
 * {@link reportMatcher}.
 */
export type FlowMatcher = (flow: FlowRecord) => boolean;

/** Whether flows of a report can pass a filter. */
export type ReportMatcher = (report: { site_id: string; edge_id: string }) => boolean;

type Tests<Tested> = { [Field in keyof FlowValues]: (values: never) => (tested: Tested) => boolean };

/** Tests of fields that are known for all flows, listed or not. */
const BY_ACCOUNT = {
  policy_ids: (ids: readonly string[]) => flow => ids.includes(flow.policy_id),
  endpoint_ids: (ids: readonly string[]) => flow => ids.includes(flow.endpoint_id),
} satisfies Tests<FlowRecord>;

/** Tests of fields that only listed flows have. */
const BY_CONTENTS = {
  protocols: (numbers: readonly number[]) => flow => numbers.includes(flow.protocol),
  ports(ranges: readonly PortRange[]) {
    const has = portTest(ranges);
    return flow => has(flow.src_port) || has(flow.dst_port);
  },
  applications: (names: readonly ApplicationClass[]) => flow =>
    names.includes(applicationClass(flow.protocol, flow.src_port, flow.dst_port)),
  srcs(networks: readonly Cidr[]) {
    const has = networkTest(networks);
    return flow => has(flow.src);
  },
  dsts(networks: readonly Cidr[]) {
    const has = networkTest(networks);
    return flow => has(flow.dst);
  },
  addresses(networks: readonly Cidr[]) {
    const has = networkTest(networks);
    return flow => has(flow.src) || has(flow.dst);
  },
} satisfies Tests<FlowRecord>;

const BY_REPORT = {
  site_ids: (ids: readonly string[]) => report => ids.includes(report.site_id),
  edge_ids: (ids: readonly string[]) => report => ids.includes(report.edge_id),
} satisfies Tests<{ site_id: string; edge_id: string }>;

/**
 * Makes the test of a filter. The record that sums the flows that a report does not list has no
 * addresses, ports or protocol. It passes only if the filter has no conditions on them.
 */
export function flowMatcher(filter: FlowFilter): FlowMatcher {
  const account = accountMatcher(filter);
  if (!asksContents(filter)) return account;
  const contents = matcherOf<FlowRecord>(BY_CONTENTS, filter);
  return flow => account(flow) && !isOtherFlows(flow) && contents(flow);
}

/**
 * Makes the test of a filter's conditions on policies and endpoints, which are known for all
 * traffic.
 */
export function accountMatcher(filter: FlowFilter): FlowMatcher {
  return matcherOf<FlowRecord>(BY_ACCOUNT, filter);
}

/** Makes the test of a filter on reports. */
export function reportMatcher(filter: FlowFilter): ReportMatcher {
  return matcherOf(BY_REPORT, filter);
}

/**
 * Whether a filter has conditions that only listed flows can meet: addresses, ports, protocol,
 * application.
 */
export function asksContents({ not, ...values }: FlowFilter): boolean {
  return Object.keys(BY_CONTENTS).some(field => isGiven(values, field) || isGiven(not, field));
}

/** The reports that can have flows for a filter. */
export function reportsOf(filter: FlowFilter): {
  site_id: string | undefined;
  edge_id: string | undefined;
  includes: ReportMatcher;
} {
  const { site_ids, edge_ids } = filter;
  return { site_id: only(site_ids), edge_id: only(edge_ids), includes: reportMatcher(filter) };
}

/** Up to this many hosts are looked up in the index. */
const MAX_HOSTS = 16;

/**
 * Hosts such that every passing flow has one of them at an end, canonical, each once. Undefined if
 * the filter has no addresses, networks, or too many hosts.
 */
export function hostsOf({ addresses, srcs, dsts }: FlowFilter): string[] | undefined {
  const lists = [addresses, srcs, dsts].filter(list => list?.every(isHost)) as Cidr[][];
  const hosts = lists.map(list => [...new Set(list.map(({ address }) => formatAddress(address)))]);
  const [fewest] = hosts.sort((a, b) => a.length - b.length);
  return fewest && fewest.length <= MAX_HOSTS ? fewest : undefined;
}

function matcherOf<Tested>(
  tests: Tests<Tested>,
  { not, ...values }: FlowFilter,
): (tested: Tested) => boolean {
  const wanted = testsOf(tests, values);
  const excluded = testsOf(tests, not ?? {});
  return tested => wanted.every(test => test(tested)) && !excluded.some(test => test(tested));
}

function testsOf<Tested>(tests: Tests<Tested>, values: FlowValues): ((tested: Tested) => boolean)[] {
  return Object.entries(tests).flatMap(([field, make]) => {
    const given = values[field as keyof FlowValues];
    return given === undefined ? [] : [make(given as never)];
  });
}

function isGiven(values: FlowValues | undefined, field: string): boolean {
  return values?.[field as keyof FlowValues] !== undefined;
}

function only(ids: readonly string[] | undefined): string | undefined {
  return ids?.length === 1 ? ids[0] : undefined;
}

/** Groups have many ranges, so a table answers for all of them in one look-up. */
function portTest(ranges: readonly PortRange[]): (port: number) => boolean {
  const has = new Uint8Array(MAX_PORT + 1);
  for (const { from, to } of ranges) has.fill(1, from, to + 1);
  return port => has[port] === 1;
}

function networkTest(networks: readonly Cidr[]): (address: string) => boolean {
  const table = new NetworkTable(networks.map(network => [network, true]));
  return text => {
    const address = parseKnownAddress(text);
    return address !== undefined && table.longest(address) === true;
  };
}

function isHost({ address, length }: Cidr): boolean {
  return length === (address.family === 4 ? 32 : 128);
}
