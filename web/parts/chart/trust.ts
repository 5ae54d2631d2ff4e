import { percent } from '../format.ts';

/** The completeness of the intervals' figures. */
export interface TrustedIntervals {
  /** Ends of the intervals, in seconds; `from` is the start of the first one. */
  from: number;
  at: readonly number[];
  /** Share of the expected edges that reported, 0 to 1; null if not known. */
  completeness: readonly (number | null)[];
  gaps: readonly boolean[];
  resets: readonly boolean[];
}

/** Consecutive intervals of the same kind. */
export interface TrustBand {
  kind: 'gap' | 'incomplete';
  from: number;
  to: number;
  /** Of an incomplete one: the share of edges that reported. */
  share: number | null;
}

/**
 * The bands where figures are missing or incomplete; neighbours of one kind and share are one band.
 * Complete and unknown intervals have no band.
 */
export function trustBands({ from, at, completeness, gaps }: TrustedIntervals): TrustBand[] {
  const bands: TrustBand[] = [];
  for (const [index, to] of at.entries()) {
    const begin = index === 0 ? from : at[index - 1]!;
    const share = completeness[index] ?? null;
    const kind = gaps[index] ? 'gap' : share !== null && share < 1 ? 'incomplete' : undefined;
    if (!kind) continue;
    const last = bands.at(-1);
    const shown = kind === 'gap' ? null : share;
    if (last && last.kind === kind && last.share === shown && last.to === begin) last.to = to;
    else bands.push({ kind, from: begin, to, share: shown });
  }
  return bands;
}

/** @example heardWords(0.75) // '75% of the edges heard' */
export function heardWords(share: number): string {
  return `${percent(share * 100)} of the edges heard`;
}

/** Starts of the intervals at which the counters were reset, in seconds. */
export function resetsAt({ from, at, resets }: TrustedIntervals): number[] {
  return at.flatMap((_, index) => (resets[index] ? [index === 0 ? from : at[index - 1]!] : []));
}

/**
 * Stacked values, the first at the bottom, for uPlot's filled lines. Null if none of them is known,
 * so that no line crosses a gap.
 */
export function stack(columns: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: (number | null)[] = [];
  return columns.map(column =>
    column.map((value, index) => {
      const below = sums[index];
      if (value !== null) sums[index] = (below ?? 0) + value;
      else sums[index] = below ?? null;
      return sums[index];
    }),
  );
}
