import type { Peak, Sample, SnapshotMark } from './sample.ts';

/**
 * Samples and marks stand in their items as one text of figures: a day of minutes is 2,880 of them, and the SDK's work on an
 * item grows with its attributes (docs/performance.md). Figures that are added later come at the end.
 */
const SEPARATOR = ' ';

/** A stored sample or mark is not as a release of ours wrote it. */
export class UnreadableSample extends Error {
  override readonly name = 'UnreadableSample';
}

export function packSample({ at, taken_at, packets, bytes, active_flows, peak }: Sample): string {
  const figures: (number | bigint)[] = [at, taken_at, packets, bytes, active_flows];
  if (peak) figures.push(peak.packets_per_second, peak.bits_per_second, peak.active_flows);
  return figures.join(SEPARATOR);
}

/** @throws UnreadableSample */
export function unpackSample(packed: unknown): Sample {
  const { figures, texts } = figuresOf(packed, 5);
  const [at, taken_at, , , active_flows] = figures as [number, number, number, number, number];
  return {
    at,
    taken_at,
    packets: countOf(texts[2]!),
    bytes: countOf(texts[3]!),
    active_flows,
    ...(figures.length > 5 && { peak: peakOf(figures) }),
  };
}

/** A count in decimal digits. @throws UnreadableSample */
export function countOf(text: string): bigint {
  try {
    return BigInt(text);
  } catch (cause) {
    throw new UnreadableSample(`A count of a sample is expected, and this is ${text}.`, { cause });
  }
}

function peakOf(figures: readonly number[]): Peak {
  const [packets_per_second, bits_per_second, active_flows] = figures.slice(5) as [number, number, number];
  return { packets_per_second, bits_per_second, active_flows };
}

export function packMark(mark: SnapshotMark): string {
  const { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes } = mark;
  return [at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes].join(SEPARATOR);
}

/** @throws UnreadableSample */
export function unpackMark(packed: unknown): SnapshotMark {
  const [at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes] = figuresOf(packed, 7)
    .figures as [number, number, number, number, number, number, number];
  return { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes };
}

// By hand: a day is 2,880 texts, and reading them is most of an answer's time.
function figuresOf(packed: unknown, least: number): { texts: string[]; figures: number[] } {
  const texts = typeof packed === 'string' ? packed.split(SEPARATOR) : [];
  const figures = texts.map(Number);
  if (figures.length >= least && figures.every(Number.isFinite)) return { texts, figures };
  throw new UnreadableSample(`Figures of a sample or mark are expected, and these are ${String(packed)}.`);
}
