import type { LateGroup, ReadGroups } from './reading.ts';
import type { Peak, Sample, SnapshotMark } from './sample.ts';

/**
 * Samples and marks are stored as one text of figures. A day of minutes has 2,880 of them, and the
 * SDK's work on an item grows with its attributes (docs/performance.md). New figures are appended.
 */
const SEPARATOR = ' ';

/** A stored sample or mark that no release has written in this form. */
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
    throw new UnreadableSample(`A count of a sample must be a decimal number, not ${text}.`, { cause });
  }
}

function peakOf(figures: readonly number[]): Peak {
  const [packets_per_second, bits_per_second, active_flows] = figures.slice(5) as [number, number, number];
  return { packets_per_second, bits_per_second, active_flows };
}

export function packMark(mark: SnapshotMark): string {
  const { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes, groups = ONE_GROUP } = mark;
  const late = groups.late.flatMap(({ index, ...reading }) => [index, reading.minute, reading.taken_at]);
  const figures = [at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes];
  return [...figures, groups.of, groups.late.length, ...late].join(SEPARATOR);
}

/** @throws UnreadableSample */
export function unpackMark(packed: unknown): SnapshotMark {
  const { figures } = figuresOf(packed, 7);
  const [at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes] = figures as [
    ...[number, number, number, number, number, number, number],
  ];
  const mark = { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes };
  // Marks of earlier releases end here.
  const [of = 1, late = 0, ...rest] = figures.slice(7);
  return of === 1 ? mark : { ...mark, groups: { of, late: lateGroups(rest.slice(0, 3 * late)) } };
}

const ONE_GROUP: ReadGroups = { of: 1, late: [] };

function lateGroups(figures: readonly number[]): LateGroup[] {
  const groups: LateGroup[] = [];
  for (let start = 0; start < figures.length; start += 3) {
    const [index, minute, taken_at] = figures.slice(start, start + 3) as [number, number, number];
    groups.push({ index, minute, taken_at });
  }
  return groups;
}

// Written by hand for speed: to parse the 2,880 texts of a day is most of an answer's time.
function figuresOf(packed: unknown, least: number): { texts: string[]; figures: number[] } {
  const texts = typeof packed === 'string' ? packed.split(SEPARATOR) : [];
  const figures = texts.map(Number);
  if (figures.length >= least && figures.every(Number.isFinite)) return { texts, figures };
  throw new UnreadableSample(`The figures of a sample or mark can't be read: ${String(packed)}.`);
}
