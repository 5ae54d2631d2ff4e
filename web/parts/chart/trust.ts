import { percent } from '../format.ts';

/** How far an interval's figures can be trusted. */
export interface TrustedIntervals {
  /** Ends of the intervals, in seconds; `from` is where the first one begins. */
  from: number;
  at: readonly number[];
  /** Share of the expected edges that were heard, 0 to 1; null where that isn't known. */
  completeness: readonly (number | null)[];
  gaps: readonly boolean[];
  resets: readonly boolean[];
}

/** A stretch of intervals alike. */
export interface TrustBand {
  kind: 'gap' | 'incomplete';
  from: number;
  to: number;
  /** Of an incomplete one: the share that was heard. */
  share: number | null;
}

/**
 * Where figures are missing or incomplete: neighbours of one kind and share are one band. Complete
 * and unknown intervals have none.
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

/**
 * Rounds down, so that an incomplete interval is never called complete.
 * @example heardWords(0.75) // '75% of the edges heard'
 */
export function heardWords(share: number): string {
  return `${percent(Math.floor(share * 1000) / 10)} of the edges heard`;
}

/** Instants, in seconds, at whose intervals' begin the counters were set to zero. */
export function resetsAt({ from, at, resets }: TrustedIntervals): number[] {
  return at.flatMap((_, index) => (resets[index] ? [index === 0 ? from : at[index - 1]!] : []));
}

/**
 * Values laid on each other, the first one at the bottom: what uPlot draws as filled lines. Null
 * where none of them is known, so that no line is drawn over a gap.
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
