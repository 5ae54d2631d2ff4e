import { readUnits, type SimulatedUsage } from '../scripts/cost/units.ts';
import type { BenchRow } from './bench-row.ts';
import { REFERENCE, REFERENCE_MINUTES } from './usage/measured-shapes.ts';
import { runSimulation } from './usage/run-simulation.ts';

/** Units are counts, so a larger difference is not caused by the machine. */
const MAX_RATIO = 1.05;

type UnitOf = (usage: Pick<SimulatedUsage, 'functions' | 'api_requests'>) => number;

const sumOf =
  (kind: 'write_units' | 'read_units' | 'log_bytes'): UnitOf =>
  ({ functions }) =>
    Object.values(functions).reduce((sum, used) => sum + used[kind], 0);

const UNITS: [string, string, UnitOf][] = [
  ['write units', 'WRU', sumOf('write_units')],
  ['read units', 'RRU', sumOf('read_units')],
  ['log bytes', 'B', sumOf('log_bytes')],
  ['requests to the API', '', ({ api_requests }) => api_requests],
];

/**
 * The use of a network of 200 edges for an edge and hour, compared with the last release
 * (bench/units.json).
 */
export async function run(): Promise<BenchRow[]> {
  const { release, reference: last } = readUnits().last_release;
  const usage = await runSimulation(REFERENCE, REFERENCE_MINUTES);
  return UNITS.map(([name, unit, of]) => {
    const anEdgeAndHour = (used: number, minutes: number, edges: number) => (used * 60) / minutes / edges;
    const value = anEdgeAndHour(of(usage), usage.minutes, usage.shape.edges);
    const peer_value = anEdgeAndHour(of(last), last.minutes, last.shape.edges);
    const ratio = value / peer_value;
    return {
      name: `a simulated edge and hour: ${name}`,
      value,
      unit,
      peer: `release ${release}`,
      peer_value,
      ratio,
      threshold: `ratio <= ${MAX_RATIO}`,
      ok: ratio <= MAX_RATIO,
      note: `${usage.shape.edges} edges, ${usage.minutes} simulated minutes; npm run cost makes the bill of it`,
    };
  });
}
