const SECONDS_AN_HOUR = 3600;
const BITS_A_GB = 8e9;

interface Decision {
  selected_path_id: string | null;
  /** The best first. */
  candidates: readonly { path_id: string; cost_per_gb: number; excluded: string | null; class: string }[];
}

/**
 * The additional cost of an hour after a failover; negative: less. The two figures differ if
 * policies would use paths of different prices.
 */
export interface FailoverCost {
  lowest: number;
  highest: number;
}

/**
 * The additional cost of a path's traffic for an hour, in the currency of the prices, after each
 * policy on it moves to its next best path. Endpoints without a price count as 0.
 *
 * @param bits_per_second the path's current rate, both directions; null: not known
 * @returns null if the rate is not known, no policy has another path, or none of these paths has a
 * price
 */
export function costOfFailover(
  path_id: string,
  bits_per_second: number | null,
  decisions: readonly Decision[],
): FailoverCost | null {
  if (bits_per_second === null) return null;
  const differences = decisions.flatMap(({ selected_path_id, candidates }) => {
    if (selected_path_id !== path_id) return [];
    const now = candidates.find(candidate => candidate.path_id === path_id);
    const next = candidates.find(candidate => candidate.path_id !== path_id && candidate.class !== 'OUT');
    if (!now || !next || (now.cost_per_gb === 0 && next.cost_per_gb === 0)) return [];
    return [next.cost_per_gb - now.cost_per_gb];
  });
  if (differences.length === 0) return null;
  const gb_an_hour = (bits_per_second * SECONDS_AN_HOUR) / BITS_A_GB;
  return {
    lowest: gb_an_hour * Math.min(...differences),
    highest: gb_an_hour * Math.max(...differences),
  };
}
