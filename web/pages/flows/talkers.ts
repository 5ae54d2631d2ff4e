import { protocolName } from '../../../core/policy/ip-protocol.ts';
import { FLOW_LANGUAGE } from '../../address/filter/fields.ts';
import { type FilterValue, type Names, writeFilter } from '../../address/filter/language.ts';
import type { FlowStats, FlowStatsRow } from './operations.ts';
import { nameOf } from './use-names.ts';

type StatsValue = FilterValue | null;

interface Grouping {
  /** The API's name. */
  group: string;
  title: string;
  value(row: FlowStatsRow): StatsValue;
  /** The list of the filter that accepts the value; undefined: none. */
  list?: string;
  /** The display name of a value; left out: the value itself. */
  name?(value: FilterValue, names: Names | undefined): string;
}

/** The groupings of flows, by their names in the address. */
export const GROUPINGS = {
  source: { group: 'SOURCE', title: 'Source', value: row => row.source, list: 'srcs' },
  destination: { group: 'DESTINATION', title: 'Destination', value: row => row.destination, list: 'dsts' },
  app: { group: 'APPLICATION', title: 'Application', value: row => row.application, list: 'applications' },
  port: {
    group: 'PORT',
    title: 'Port',
    value: row => row.port,
    list: 'ports',
    name: value => `Port ${value}`,
  },
  protocol: {
    group: 'PROTOCOL',
    title: 'Protocol',
    value: row => row.protocol,
    list: 'protocols',
    name: value => protocolName(Number(value)),
  },
  site: {
    group: 'SITE',
    title: 'Site',
    value: row => row.site_id,
    list: 'site_ids',
    name: (value, names) => nameOf(names, 'site', String(value)),
  },
  policy: {
    group: 'POLICY',
    title: 'Policy',
    value: row => row.policy_id,
    list: 'policy_ids',
    name: (value, names) => nameOf(names, 'policy', String(value)),
  },
  'source-network': {
    group: 'SOURCE_PREFIX',
    title: 'Source network',
    value: row => row.source_prefix,
    list: 'srcs',
  },
  'destination-network': {
    group: 'DESTINATION_PREFIX',
    title: 'Destination network',
    value: row => row.destination_prefix,
    list: 'dsts',
  },
  'source-group': { group: 'SOURCE_GROUP', title: 'Source group', value: row => row.source_group },
  'destination-group': {
    group: 'DESTINATION_GROUP',
    title: 'Destination group',
    value: row => row.destination_group,
  },
  'port-group': { group: 'PORT_GROUP', title: 'Port group', value: row => row.port_group },
  edge: { group: 'EDGE', title: 'Edge', value: row => row.edge_id, list: 'edge_ids' },
  endpoint: { group: 'ENDPOINT', title: 'Endpoint', value: row => row.endpoint_id, list: 'endpoint_ids' },
} as const satisfies Record<string, Grouping>;

export type GroupingName = keyof typeof GROUPINGS;

/** The grouping in an address; the default is by source. */
export function groupingOf(by: string | undefined): { id: GroupingName } & Grouping {
  const id = by !== undefined && Object.hasOwn(GROUPINGS, by) ? (by as GroupingName) : 'source';
  return { id, ...GROUPINGS[id] };
}

/** The traffic of one value, and its share of all flows that match the filter. */
export interface Talker {
  value: StatsValue;
  name: string;
  bytes_exact: string;
  packets_exact: string;
  /** Share of the bytes of the flows that match the filter, 0 to 1; null if these have no bytes. */
  share: number | null;
}

/** The rows of an answer, largest first. */
export function talkersOf(stats: FlowStats, { value, name }: Grouping, names: Names | undefined): Talker[] {
  const all = matchedBytes(stats);
  return stats.rows.map(row => {
    const of = value(row);
    const { bytes_exact, packets_exact } = row;
    return {
      value: of,
      name: of === null ? 'In no group' : (name?.(of, names) ?? String(of)),
      bytes_exact,
      packets_exact,
      share: shareOf(BigInt(bytes_exact), all),
    };
  });
}

/** Bytes of all listed flows that match the filter. */
export function matchedBytes({ rows, other }: FlowStats): bigint {
  return rows.reduce((sum, { bytes_exact }) => sum + BigInt(bytes_exact), BigInt(other.bytes_exact));
}

/**
 * The share of the counted bytes that is in listed flows, 0 to 1; null if nothing was counted, or
 * if more was logged than is counted yet.
 */
export function listedShare({ total, unattributed }: FlowStats): number | null {
  const counted = BigInt(total.bytes_exact);
  return shareOf(counted - BigInt(unattributed.bytes_exact), counted);
}

/** Exact to a thousandth of a per cent at any size. */
function shareOf(part: bigint, whole: bigint): number | null {
  return whole <= 0n || part > whole ? null : Number((part * 100_000n) / whole) / 100_000;
}

/** The text of a filter with a value added; undefined if no field accepts it. */
export function narrowed(q: string, { value }: Talker, { list }: Grouping, names: Names): string | undefined {
  if (value === null || list === undefined) return undefined;
  // Ports are texts in a filter, because a filter can have ranges.
  const written = list === 'ports' ? String(value) : value;
  return `${q} ${writeFilter(FLOW_LANGUAGE, { values: { [list]: [written] }, not: {} }, names)}`.trim();
}
