const MAX_INT = 2 ** 31 - 1;

/**
 * A gauge as GraphQL's Int holds it: an edge that reports nonsense must not make the whole answer
 * fail.
 */
export function presentActiveFlows(flows: number): number {
  return Math.min(Math.max(flows, 0), MAX_INT);
}
