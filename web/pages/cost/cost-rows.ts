import { type FileColumn, tableText } from '../../parts/table-file.ts';
import type { Field } from '../traffic/traffic-address.ts';
import type { Names } from '../traffic/use-names.ts';
import type { TrafficCost } from './operations.ts';

/** The groupings of costs. */
export interface CostGroup {
  id: string;
  title: string;
  /** The head of the column of names. */
  one: string;
  /** As the query expects it; an endpoint's id is unique only within its site. */
  by: readonly Uppercase<Field>[];
}

export const COST_GROUPS: readonly [CostGroup, ...CostGroup[]] = [
  { id: 'policy', title: 'Policies', one: 'Policy', by: ['POLICY'] },
  { id: 'site', title: 'Sites', one: 'Site', by: ['SITE'] },
  { id: 'endpoint', title: 'Endpoints', one: 'Endpoint', by: ['SITE', 'ENDPOINT'] },
  { id: 'edge', title: 'Edges', one: 'Edge', by: ['EDGE'] },
];

/** A row of the table: one of the query's, the rest, or the sum. */
export interface CostTableRow {
  kind: 'ROW' | 'OTHER' | 'TOTAL';
  id: string;
  name: string;
  bytes_exact: string;
  /** Null: none of its bytes has a price. */
  cost_exact: string | null;
  unpriced_bytes_exact: string;
  /** Share of the whole cost, 0 to 1; null: not known, or the whole cost is 0. */
  share: number | null;
}

/**
 * The rows of the table: the answer's rows with their names, the remaining rows as one, and the
 * total.
 */
export function costTable(
  { rows, other, other_rows, total }: TrafficCost,
  nameOf: Names['of'],
): CostTableRow[] {
  const whole = Number(total.cost_exact ?? 0);
  const shareOf = (cost_exact: string | null) =>
    cost_exact === null || whole <= 0 ? null : Number(cost_exact) / whole;
  const line = (
    kind: CostTableRow['kind'],
    { id, name }: { id: string; name: string },
    { bytes_exact, cost_exact, unpriced_bytes_exact }: TrafficCost['total'],
  ): CostTableRow => ({
    ...{ kind, id, name, bytes_exact, cost_exact, unpriced_bytes_exact },
    share: shareOf(cost_exact),
  });
  return [
    ...rows.map(row => line('ROW', named(row, nameOf), row)),
    ...(other_rows > 0 ? [line('OTHER', { id: 'other', name: `${other_rows} others` }, other)] : []),
    line('TOTAL', { id: 'total', name: 'Total' }, total),
  ];
}

function named(row: TrafficCost['rows'][number], nameOf: Names['of']): { id: string; name: string } {
  const { policy_id, site_id, endpoint_id, edge_id } = row;
  const parts = [
    policy_id !== null && nameOf('policy', policy_id),
    site_id !== null && nameOf('site', site_id),
    endpoint_id !== null && nameOf('endpoint', endpoint_id),
    edge_id !== null && nameOf('edge', edge_id),
  ].filter(part => part !== false);
  const ids = [policy_id, site_id, endpoint_id, edge_id].filter(id => id !== null);
  return { id: JSON.stringify(ids), name: parts.join(' ') };
}

/** The columns of a file with the table's exact values. */
export function costCsv({ currency, from, to }: TrafficCost, rows: readonly CostTableRow[]): string {
  const columns: FileColumn<CostTableRow>[] = [
    { name: 'name', value: ({ name }) => name },
    { name: 'bytes', value: ({ bytes_exact }) => bytes_exact },
    { name: `cost_${currency.toLowerCase()}`, value: ({ cost_exact }) => cost_exact },
    { name: 'bytes_without_price', value: ({ unpriced_bytes_exact }) => unpriced_bytes_exact },
    { name: 'from', value: () => from },
    { name: 'to', value: () => to },
  ];
  return tableText('csv', columns, rows);
}
