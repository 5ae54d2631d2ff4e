import type { Peak, Sample, SnapshotMark } from './sample.ts';

/**
 * Samples and marks stand in their items as one text of figures: a day of minutes is 2,880 of them, and the SDK's work on an
 * item grows with its attributes (docs/performance.md). Figures that are added later come at the end.
 */
const SEPARATOR = ' ';

export function packSample({ at, taken_at, packets, bytes, active_flows, peak }: Sample): string {
  const figures: (number | bigint)[] = [at, taken_at, packets, bytes, active_flows];
  if (peak) figures.push(peak.packets_per_second, peak.bits_per_second, peak.active_flows);
  return figures.join(SEPARATOR);
}

export function unpackSample(packed: string): Sample {
  const figures = packed.split(SEPARATOR);
  return {
    at: Number(figures[0]),
    taken_at: Number(figures[1]),
    packets: BigInt(figures[2]!),
    bytes: BigInt(figures[3]!),
    active_flows: Number(figures[4]),
    ...(figures.length > 5 && { peak: unpackPeak(figures) }),
  };
}

function unpackPeak(figures: string[]): Peak {
  return {
    packets_per_second: Number(figures[5]),
    bits_per_second: Number(figures[6]),
    active_flows: Number(figures[7]),
  };
}

export function packMark(mark: SnapshotMark): string {
  const { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes } = mark;
  return [at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes].join(SEPARATOR);
}

export function unpackMark(packed: string): SnapshotMark {
  const [at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes] = packed
    .split(SEPARATOR)
    .map(Number) as [number, number, number, number, number, number, number];
  return { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes };
}
