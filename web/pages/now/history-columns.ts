import type { TrustedIntervals } from '../../parts/chart/trust.ts';

interface Point {
  at: string;
  gap: boolean;
  reset: boolean;
  completeness: { edges_expected: number; edges_heard: number } | null;
}

/** How far each point of a history can be trusted. */
export function intervalsOf(from: string, points: readonly Point[]): TrustedIntervals {
  return {
    from: Date.parse(from) / 1000,
    at: points.map(({ at }) => Date.parse(at) / 1000),
    completeness: points.map(({ completeness }) => shareOf(completeness)),
    gaps: points.map(({ gap }) => gap),
    resets: points.map(({ reset }) => reset),
  };
}

function shareOf(completeness: Point['completeness']): number | null {
  if (!completeness) return null;
  const { edges_expected, edges_heard } = completeness;
  return edges_expected === 0 ? 1 : edges_heard / edges_expected;
}
