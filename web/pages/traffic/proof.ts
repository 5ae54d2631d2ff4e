import type { Proof } from './operations.ts';

/** The same traffic in one view. */
export interface ProvedView {
  name: string;
  /** The sum of its rows, computed here. */
  bytes: bigint;
  from: string;
  to: string;
}

/** The compared views and the result. */
export interface Proved {
  /** By policy, site, endpoint and edge, and over time. */
  views: ProvedView[];
  /** Whether all views have the same bytes. */
  agrees: boolean;
  /** Sentences about missing data and the reasons; empty if nothing is missing. */
  missing: string[];
}

interface Stats {
  from: string;
  to: string;
  rows: { bytes_exact: string }[];
  other: { bytes_exact: string };
}

/** Adds up each view and compares the sums. */
export function proved({ trafficAudit, trafficSeries, ...stats }: Proof): Proved {
  const { by_policy, by_site, by_endpoint, by_edge } = stats;
  const views = [
    viewOf('By policy', by_policy),
    viewOf('By site', by_site),
    viewOf('By endpoint', by_endpoint),
    viewOf('By edge', by_edge),
    {
      name: 'Over time',
      bytes: BigInt(trafficSeries.total.bytes_exact),
      from: trafficSeries.from,
      to: trafficSeries.to,
    },
  ];
  return {
    views,
    agrees: views.every(({ bytes }) => bytes === views[0]!.bytes),
    missing: missingOf({ trafficAudit, trafficSeries, by_policy }),
  };
}

function viewOf(name: string, { rows, other, from, to }: Stats): ProvedView {
  const bytes = rows.reduce((sum, row) => sum + BigInt(row.bytes_exact), BigInt(other.bytes_exact));
  return { name, bytes, from, to };
}

function missingOf({
  trafficAudit,
  trafficSeries,
  by_policy,
}: Pick<Proof, 'trafficAudit' | 'trafficSeries' | 'by_policy'>): string[] {
  const { edges_expected, edges_heard, late_groups } = by_policy.completeness;
  const gaps = trafficSeries.gaps.filter(gap => gap).length;
  const { estimated_share } = by_policy.total;
  return [
    edges_heard < edges_expected &&
      `Edges that have not reported yet for the end of the range: ${edges_expected - edges_heard} of ${edges_expected}. Their counts are added when they report.`,
    late_groups.length > 0 &&
      `Groups of edges that were not read in time: ${late_groups.length}. Their figures are those of the previous reading.`,
    gaps > 0 &&
      `Intervals without a measurement: ${gaps}. Their traffic is in the next interval; none is lost.`,
    trafficAudit.unreadable_lanes > 0 &&
      `Edges whose counts this release cannot read: ${trafficAudit.unreadable_lanes}. They are not included in these figures.`,
    (estimated_share ?? 0) > 0 && 'Some edges count samples of their packets: their bytes are estimated.',
  ].filter(sentence => sentence !== false);
}
