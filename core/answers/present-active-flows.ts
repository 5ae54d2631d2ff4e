const MAX_INT = 2 ** 31 - 1;

/**
 * A gauge within the range of GraphQL's Int. A wrong figure of one edge must not fail the whole
 * answer.
 */
export function presentActiveFlows(flows: number): number {
  return Math.min(Math.max(flows, 0), MAX_INT);
}
