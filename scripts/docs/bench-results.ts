import { readFileSync } from 'node:fs';
import { z } from 'zod';

const areaSchema = z.object({
  /** When the area was measured, RFC 3339 in UTC. */
  measured_at: z.string(),
  node: z.string(),
  cpu: z.string(),
  cpus: z.number(),
  /** Average load of the minute before the area began, that of the area before it included. */
  load: z.number(),
});

const rowSchema = z.object({
  /** The area of the benchmarks that measured the row. */
  area: z.string(),
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  /** What `value` is compared with in the same run; empty where there is nothing to compare. */
  peer: z.string(),
  peer_value: z.number().nullable(),
  /**
   * `value / peer_value`, or the other way round for rates, as `note` says; null without a peer.
   */
  ratio: z.number().nullable(),
  /** The bound in words, such as `ratio <= 2`; empty where the row is only shown. */
  threshold: z.string(),
  /** Whether the threshold holds; null where it could not be judged (a missing peer). */
  ok: z.boolean().nullable(),
  note: z.string(),
});

const resultsSchema = z.object({ areas: z.record(z.string(), areaSchema), rows: z.array(rowSchema) });

/** When, where and under which load an area of the benchmarks was measured. */
export type MeasuredArea = z.output<typeof areaSchema>;

/**
 * One line of the benchmark table. Ratios compare with a peer or a floor measured in the same run.
 */
export type BenchRow = Omit<MeasuredRow, 'area'>;

export type MeasuredRow = z.output<typeof rowSchema>;

/** bench/results.json: the last measurement of each area. */
export type BenchResults = z.output<typeof resultsSchema>;

/** Where the results are kept. */
export const RESULTS_FILE = new URL('../../bench/results.json', import.meta.url);

/** The last measurement of each area. */
export function readResults(): BenchResults {
  return parseResults(readFileSync(RESULTS_FILE, 'utf8'));
}

/** Results from their JSON. @throws ZodError for JSON of another shape */
export function parseResults(json: string): BenchResults {
  return resultsSchema.parse(JSON.parse(json));
}

/**
 * The results with one area measured again. Other areas keep what they had; areas that are not
 * among `areas` are dropped, and the rest is in their order.
 */
export function withArea(
  results: BenchResults,
  { area, measured, rows }: { area: string; measured: MeasuredArea; rows: readonly BenchRow[] },
  areas: readonly string[],
): BenchResults {
  const measuredAreas: Record<string, MeasuredArea | undefined> = { ...results.areas, [area]: measured };
  const allRows = [...results.rows.filter(row => row.area !== area), ...rows.map(row => ({ area, ...row }))];
  const known = areas.filter(name => measuredAreas[name] !== undefined);
  return {
    areas: Object.fromEntries(known.map(name => [name, measuredAreas[name]!])),
    rows: known.flatMap(name => allRows.filter(row => row.area === name)),
  };
}
