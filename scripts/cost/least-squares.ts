/** One measurement: what was there of each part, and what all of it together used. */
export interface Observation {
  parts: readonly number[];
  used: number;
}

const ROUNDS = 20_000;
const PRECISION = 1e-12;

/**
 * What one of each part uses, so that the sums come nearest to what was used: least squares over
 * relative errors, with no part below zero. Solved by descent along one part after another, which
 * ends at the optimum because the sum of squares is convex.
 *
 * @example leastSquares([{ parts: [1, 10], used: 25 }, { parts: [1, 20], used: 45 }]) // [5, 2]
 */
export function leastSquares(observations: readonly Observation[]): number[] {
  const count = observations[0]?.parts.length ?? 0;
  // Errors count by their share: a large network must not outweigh the small ones.
  const rows = observations.map(({ parts, used }) => {
    const weight = 1 / Math.max(used, 1);
    return { parts: parts.map(part => part * weight), used: used * weight };
  });
  const norms = Array.from({ length: count }, (_, index) => sum(rows.map(({ parts }) => parts[index]! ** 2)));
  const solution = new Array<number>(count).fill(0);
  const left = rows.map(({ used }) => used);
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    for (let index = 0; index < count; index++) {
      if (norms[index] === 0) continue;
      const slope = sum(rows.map(({ parts }, row) => parts[index]! * left[row]!)) / norms[index]!;
      const next = Math.max(0, solution[index]! + slope);
      const step = next - solution[index]!;
      solution[index] = next;
      for (const [row, { parts }] of rows.entries()) left[row]! -= step * parts[index]!;
      moved = Math.max(moved, Math.abs(step) * Math.sqrt(norms[index]!));
    }
    if (moved < PRECISION) break;
  }
  return solution;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
