import { applicationClass } from '../policy/application-class.ts';
import { formatAddress, parseAddress } from '../policy/ip-address.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { type LoggedReport, tooMuch } from './flow-log-store.ts';
import { networkOf } from './mask-hosts.ts';
import type { Sum } from './top-flows.ts';

/** What traffic can be grouped by from the contents of flows. Prefixes are IPv4 /24 and IPv6 /56. */
export const FLOW_GROUPS = ['PROTOCOL', 'APPLICATION', 'SOURCE_PREFIX', 'DESTINATION_PREFIX'] as const;
export type FlowGroup = (typeof FLOW_GROUPS)[number];

/** Only the fields that were grouped by are there. */
export interface FlowStatsRow extends Sum {
  protocol?: number;
  application?: string;
  source_prefix?: string;
  destination_prefix?: string;
}

export interface FlowStats {
  rows: FlowStatsRow[];
  /** All rows past these, summed. */
  other: Sum & { rows: number };
  /**
   * Counted − logged: flows that no report lists, reports whose flows are not (any more) in the log. Below zero where a report was
   * logged within the range and counted after it.
   */
  unattributed: Sum;
  /** What the lanes counted. rows + other + unattributed = total. */
  total: Sum;
}

const MAX_ROWS = 200_000;

const VALUE_OF: Record<FlowGroup, (flow: FlowRecord) => Partial<FlowStatsRow>> = {
  PROTOCOL: ({ protocol }) => ({ protocol }),
  APPLICATION: ({ protocol, src_port, dst_port }) => ({
    application: applicationClass(protocol, src_port, dst_port),
  }),
  SOURCE_PREFIX: ({ src }) => ({ source_prefix: prefixOf(src) }),
  DESTINATION_PREFIX: ({ dst }) => ({ destination_prefix: prefixOf(dst) }),
};

/** Adds up logged flows by what they are. */
export class FlowGroups {
  readonly #group_by: readonly FlowGroup[];
  readonly #matches: FlowMatcher;
  readonly #maxRows: number;
  readonly #rows = new Map<string, FlowStatsRow>();

  constructor(
    group_by: readonly FlowGroup[],
    matches: FlowMatcher,
    { max_rows = MAX_ROWS }: { max_rows?: number | undefined } = {},
  ) {
    this.#group_by = group_by;
    this.#matches = matches;
    this.#maxRows = max_rows;
  }

  /** @throws ValidationError when there are more groups than fit */
  add({ flows }: LoggedReport): void {
    for (const flow of flows) {
      if (isOtherFlows(flow) || !this.#matches(flow)) continue;
      const values = Object.assign({}, ...this.#group_by.map(group => VALUE_OF[group](flow)));
      const key = JSON.stringify(values);
      const row = this.#rows.get(key) ?? { ...values, packets: 0n, bytes: 0n };
      row.packets += flow.packets;
      row.bytes += flow.bytes;
      this.#rows.set(key, row);
    }
    if (this.#rows.size > this.#maxRows) throw tooMuch();
  }

  /** Beside what was counted: the largest rows, the others, and what no logged flow accounts for. */
  beside(
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
      unattributed: difference(total, sumOf(rows)),
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
  for (const { packets, bytes } of rows) {
    sum.packets += packets;
    sum.bytes += bytes;
  }
  return sum;
}

function difference(a: Sum, b: Sum): Sum {
  return { packets: a.packets - b.packets, bytes: a.bytes - b.bytes };
}
