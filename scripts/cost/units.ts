import { readFileSync } from 'node:fs';
import { z } from 'zod';

const number = z.number().nonnegative();

const usageSchema = z.object({
  calls: number,
  cpu_ms: number,
  waits: number,
  write_units: number,
  read_units: number,
  // Earlier releases didn't count by table.
  traffic_write_units: number.default(0),
  traffic_read_units: number.default(0),
  log_bytes: number,
  s3_puts: number,
  s3_gets: number,
  s3_bytes: number,
});

const publicationsSchema = z.object({ requests: number, to_edges: number, to_consoles: number });

/** The use of one open console. */
const consoleSchema = z.object({
  minutes: number,
  /** Minutes of history that the network had, of the hour that the console shows. */
  history_minutes: number,
  functions: z.record(z.string(), usageSchema),
  requests: number,
  answer_bytes: number,
  publications: publicationsSchema,
});

const simulatedSchema = z.object({
  shape: z.object({
    edges: number,
    policies: number,
    paths: number,
    flows: number,
    interval_s: number,
    window_s: number,
    lanes_a_group: number.optional(),
  }),
  minutes: number,
  functions: z.record(z.string(), usageSchema),
  reports: number,
  record_bytes: number,
  lane_bytes: number,
  api_requests: number,
  answer_bytes: number,
  publications: publicationsSchema.default({ requests: 0, to_edges: 0, to_consoles: 0 }),
  /** How often a person edited a policy, a path failed, an edge fell silent. */
  changes: z
    .object({ edits: number, failures: number, silences: number })
    .default({ edits: 0, failures: 0, silences: 0 }),
  console: consoleSchema.optional(),
});

const referenceSchema = simulatedSchema.extend({
  /** Every metric that was published: namespace, name and dimensions. */
  metrics: z.array(z.string()),
  /** Units by function and item, the most first. */
  by_item: z.array(z.tuple([z.string(), z.number()])),
});

const measuredSchema = z.object({
  measured_at: z.string(),
  node: z.string(),
  cpu: z.string(),
  /** The network that releases are compared by. */
  reference: referenceSchema,
  shapes: z.array(simulatedSchema).min(1),
  /** The same network with a console open for an hour. */
  console: simulatedSchema.extend({ console: consoleSchema }),
  /** Alarms of the stacks with default settings. */
  alarms: number,
  /** Megabytes of memory by function. */
  memory_mb: z.record(z.string(), number),
});

const unitsSchema = measuredSchema.extend({
  /** A network much larger than those that the model is made from. */
  large: simulatedSchema.optional(),
  last_release: measuredSchema.omit({ shapes: true, console: true }).extend({ release: z.string() }),
});

export type FunctionUsage = z.output<typeof usageSchema>;
export type SimulatedUsage = z.output<typeof simulatedSchema>;
/** The measurement of a release by `npm run measure-units`. */
export type MeasuredUnits = z.output<typeof measuredSchema>;
export type Units = z.output<typeof unitsSchema>;

/** bench/units.json. */
export function readUnits(): Units {
  return unitsSchema.parse(
    JSON.parse(readFileSync(new URL('../../bench/units.json', import.meta.url), 'utf8')),
  );
}
