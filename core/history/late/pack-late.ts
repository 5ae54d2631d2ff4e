import { RESOLUTIONS } from '../resolution.ts';
import type { PeakRepair, Sample } from '../sample.ts';
import type { LateSpan } from './late-span.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;

const FIGURES = 4;

/** The parts of a sample that belong to earlier intervals. */
export type LateParts = Pick<Sample, 'late' | 'repairs'>;

/**
 * Packs them as one text, with instants in minutes:
 * `from to packets bytes …|at packets_per_second bits_per_second active_flows …`.
 */
export function packLate({ late = [], repairs = [] }: LateParts): string | undefined {
  if (late.length === 0 && repairs.length === 0) return undefined;
  const spans = late.flatMap(({ from, to, packets, bytes }) => [
    from / MINUTE_MS,
    to / MINUTE_MS,
    packets,
    bytes,
  ]);
  const peaks = repairs.flatMap(({ at, peak }) => [
    at / MINUTE_MS,
    peak.packets_per_second,
    peak.bits_per_second,
    peak.active_flows,
  ]);
  return `${spans.join(' ')}|${peaks.join(' ')}`;
}

/**
 * Unpacks a text of {@link packLate}; undefined is nothing.
 * @throws SyntaxError for any other text
 */
export function unpackLate(packed: string | undefined): LateParts {
  if (packed === undefined) return {};
  const [spans = [], peaks = []] = packed.split('|').map(text => text.split(' '));
  const late = inFours(spans).map(
    ([from, to, packets, bytes]): LateSpan => ({
      from: Number(from) * MINUTE_MS,
      to: Number(to) * MINUTE_MS,
      packets: BigInt(packets!),
      bytes: BigInt(bytes!),
    }),
  );
  const repairs = inFours(peaks).map(
    ([at, packets, bits, flows]): PeakRepair => ({
      at: Number(at) * MINUTE_MS,
      peak: {
        packets_per_second: Number(packets),
        bits_per_second: Number(bits),
        active_flows: Number(flows),
      },
    }),
  );
  return { ...(late.length > 0 && { late }), ...(repairs.length > 0 && { repairs }) };
}

function inFours(texts: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (let start = 0; start + FIGURES <= texts.length; start += FIGURES)
    groups.push(texts.slice(start, start + FIGURES));
  return groups;
}
