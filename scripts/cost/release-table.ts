import { markdownTable, shortNumber } from '../markdown-table.ts';
import { billedMilliseconds, type Deployed } from './drivers.ts';
import type { SimulatedUsage, Units } from './units.ts';

/** A unit of the reference network for an edge and hour. */
export interface ComparedUnit {
  name: string;
  value: number;
  last_release: number;
  /** Ratio of the value to that of the last release; null if that was 0. */
  ratio: number | null;
}

type UnitOf = (usage: SimulatedUsage, deployed: Deployed) => number;

const everywhere =
  (kind: 'write_units' | 'read_units' | 'log_bytes' | 's3_puts'): UnitOf =>
  ({ functions }) =>
    Object.values(functions).reduce((sum, used) => sum + used[kind], 0);

const lambdaMilliseconds: UnitOf = ({ functions }, { memory_mb }) =>
  Object.entries(functions).reduce(
    (sum, [name, used]) => sum + billedMilliseconds(used, memory_mb[name]!) * (memory_mb[name]! / 1024),
    0,
  );

const UNITS: [string, UnitOf][] = [
  ['DynamoDB write units', everywhere('write_units')],
  ['DynamoDB read units', everywhere('read_units')],
  ['S3 PUT and LIST requests', everywhere('s3_puts')],
  ['Lambda milliseconds at 1 GB', lambdaMilliseconds],
  ['AppSync requests', ({ api_requests }) => api_requests],
  ['AppSync minutes of connection', ({ shape, minutes }) => shape.edges * minutes],
  ['Kinesis bytes', ({ reports, record_bytes }) => reports * record_bytes],
  ['log bytes', everywhere('log_bytes')],
];

/** The use of the same simulated network for an edge and hour, compared with the last release. */
export function compareReleases(units: Units): ComparedUnit[] {
  const anEdgeAndHour = (of: UnitOf, measured: Deployed) => {
    const { reference } = measured;
    return (of(reference, measured) * 60) / reference.minutes / reference.shape.edges;
  };
  return UNITS.map(([name, of]) => {
    const value = anEdgeAndHour(of, units);
    const last_release = anEdgeAndHour(of, units.last_release);
    return { name, value, last_release, ratio: last_release === 0 ? null : value / last_release };
  });
}

export function releaseTable(units: Units): string {
  return markdownTable(
    [
      { heading: 'an edge and hour' },
      { heading: 'now', right: true },
      { heading: `release ${units.last_release.release}`, right: true },
      { heading: 'ratio', right: true },
    ],
    compareReleases(units).map(({ name, value, last_release, ratio }) => [
      name,
      shortNumber(value),
      shortNumber(last_release),
      ratio === null ? '' : `${ratio.toFixed(2)} ×`,
    ]),
  );
}
