import { applicationClass } from '../policy/application-class.ts';
import { formatAddress, parseAddress } from '../policy/ip-address.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import { canonicalAddress } from './canonical-address.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { type LoggedReport, tooManyFlows } from './flow-log-store.ts';
import { networkOf } from './mask-hosts.ts';
import type { Sum } from './top-flows.ts';

/**
 * Properties by which logged flows can be grouped. Prefixes are IPv4 /24 and IPv6 /56; the last
 * three are named groups.
 */
export const FLOW_GROUPS = [
  'PROTOCOL',
  'APPLICATION',
  'SOURCE_PREFIX',
  'DESTINATION_PREFIX',
  'POLICY',
  'SITE',
  'ENDPOINT',
  'EDGE',
  'SOURCE',
  'DESTINATION',
  'PORT',
  'SOURCE_GROUP',
  'DESTINATION_GROUP',
  'PORT_GROUP',
] as const;
export type FlowGroup = (typeof FLOW_GROUPS)[number];

/** Contains the fields of the grouping. A named group is null if the flow is in none. */
export interface FlowStatsRow extends Sum {
  protocol?: number;
  application?: string;
  source_prefix?: string;
  destination_prefix?: string;
  policy_id?: string;
  site_id?: string;
  endpoint_id?: string;
  edge_id?: string;
  source?: string;
  destination?: string;
  port?: number;
  source_group?: string | null;
  destination_group?: string | null;
  port_group?: string | null;
}

export interface FlowStats {
  rows: FlowStatsRow[];
  /** Sum of all further rows. */
  other: Sum & { rows: number };
  /** Listed flows that the filter excludes by their contents. */
  unmatched: Sum;
  /**
   * Counted − logged: flows that no report lists, and reports whose flows are not in the log, or no
   * longer. Below zero if a report was logged within the range and counted after it.
   */
  unattributed: Sum;
  /** Traffic that the lanes counted. rows + other + unmatched + unattributed = total. */
  total: Sum;
}

/** Names of the groups of a flow; null: none. */
export interface GroupsOfFlows {
  ofAddress(address: string): string | null;
  ofPort(port: number): string | null;
}

const NO_GROUPS: GroupsOfFlows = { ofAddress: () => null, ofPort: () => null };

const MAX_ROWS = 200_000;

type Report = Omit<LoggedReport, 'flows'>;

const VALUE_OF: Record<
  FlowGroup,
  (flow: FlowRecord, report: Report, groups: GroupsOfFlows) => Partial<FlowStatsRow>
> = {
  PROTOCOL: ({ protocol }) => ({ protocol }),
  APPLICATION: ({ protocol, src_port, dst_port }) => ({
    application: applicationClass(protocol, src_port, dst_port),
  }),
  SOURCE_PREFIX: ({ src }) => ({ source_prefix: prefixOf(src) }),
  DESTINATION_PREFIX: ({ dst }) => ({ destination_prefix: prefixOf(dst) }),
  POLICY: ({ policy_id }) => ({ policy_id }),
  SITE: (_, { site_id }) => ({ site_id }),
  ENDPOINT: ({ endpoint_id }) => ({ endpoint_id }),
  EDGE: (_, { edge_id }) => ({ edge_id }),
  SOURCE: ({ src }) => ({ source: canonicalAddress(src) }),
  DESTINATION: ({ dst }) => ({ destination: canonicalAddress(dst) }),
  PORT: flow => ({ port: servicePort(flow) }),
  SOURCE_GROUP: ({ src }, _, groups) => ({ source_group: groups.ofAddress(src) }),
  DESTINATION_GROUP: ({ dst }, _, groups) => ({ destination_group: groups.ofAddress(dst) }),
  PORT_GROUP: (flow, _, groups) => ({ port_group: groups.ofPort(servicePort(flow)) }),
};

/** The lower port of both ends. It is the server's, because clients use high ports. */
function servicePort({ src_port, dst_port }: FlowRecord): number {
  return Math.min(src_port, dst_port);
}

export interface FlowGroupsOptions {
  /**
   * Whether a flow belongs to the traffic that was counted as `total`. Such flows that `matches`
   * excludes are `unmatched`.
   */
  counted?: FlowMatcher;
  groups?: GroupsOfFlows;
  max_rows?: number | undefined;
}

/** Sums logged flows by group. */
export class FlowGroups {
  readonly #group_by: readonly FlowGroup[];
  readonly #matches: FlowMatcher;
  readonly #counted: FlowMatcher;
  readonly #groups: GroupsOfFlows;
  readonly #maxRows: number;
  readonly #unmatched: Sum = { packets: 0n, bytes: 0n };
  readonly #rows = new Map<string, FlowStatsRow>();

  constructor(
    group_by: readonly FlowGroup[],
    matches: FlowMatcher,
    { counted = matches, groups = NO_GROUPS, max_rows = MAX_ROWS }: FlowGroupsOptions = {},
  ) {
    this.#group_by = group_by;
    this.#matches = matches;
    this.#counted = counted;
    this.#groups = groups;
    this.#maxRows = max_rows;
  }

  /** @throws ValidationError if there are more groups than fit */
  add({ flows, ...report }: LoggedReport): void {
    for (const flow of flows) {
      if (isOtherFlows(flow) || !this.#counted(flow)) continue;
      if (!this.#matches(flow)) {
        addTo(this.#unmatched, flow);
        continue;
      }
      const values = Object.assign(
        {},
        ...this.#group_by.map(group => VALUE_OF[group](flow, report, this.#groups)),
      );
      const key = JSON.stringify(values);
      const row = this.#rows.get(key) ?? { ...values, packets: 0n, bytes: 0n };
      addTo(row, flow);
      this.#rows.set(key, row);
    }
    if (this.#rows.size > this.#maxRows) throw tooManyFlows();
  }

  /**
   * Splits the counted total into the largest rows, the other rows, and traffic that no logged flow
   * accounts for.
   */
  splitTotal(
    total: Sum,
    { order_by, limit, offset = 0 }: { order_by: 'BYTES' | 'PACKETS'; limit: number; offset?: number },
  ): FlowStats {
    const field = order_by === 'BYTES' ? 'bytes' : 'packets';
    const entries = [...this.#rows].sort(([a, x], [b, y]) =>
      x[field] === y[field] ? (a < b ? -1 : 1) : x[field] < y[field] ? 1 : -1,
    );
    const rows = entries.map(([, row]) => row);
    const rest = rows.slice(offset + limit);
    return {
      rows: rows.slice(offset, offset + limit),
      other: { rows: rest.length, ...sumOf(rest) },
      unmatched: { ...this.#unmatched },
      unattributed: difference(total, sumOf([...rows, this.#unmatched])),
      total,
    };
  }
}

function prefixOf(text: string): string {
  const parsed = parseAddress(text);
  if (!parsed) return text;
  const { address, length } = networkOf(parsed);
  return `${formatAddress(address)}/${length}`;
}

function sumOf(rows: readonly Sum[]): Sum {
  const sum = { packets: 0n, bytes: 0n };
  for (const row of rows) addTo(sum, row);
  return sum;
}

function addTo(sum: Sum, { packets, bytes }: Sum): void {
  sum.packets += packets;
  sum.bytes += bytes;
}

function difference(a: Sum, b: Sum): Sum {
  return { packets: a.packets - b.packets, bytes: a.bytes - b.bytes };
}
