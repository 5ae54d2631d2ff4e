/** One measurement: the number of each part, and their total use. */
export interface Observation {
  parts: readonly number[];
  used: number;
}

const ROUNDS = 20_000;
const PRECISION = 1e-12;

/**
 * Estimates the use of one of each part: least squares of the relative errors, with no part below
 * zero. Uses coordinate descent, which reaches the optimum because the sum of squares is convex.
 *
 * @example leastSquares([{ parts: [1, 10], used: 25 }, { parts: [1, 20], used: 45 }]) // [5, 2]
 */
export function leastSquares(observations: readonly Observation[]): number[] {
  const count = observations[0]?.parts.length ?? 0;
  // Relative errors, so that a large network does not outweigh the small ones.
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
