/**
 * Costs of operations, charged to a caller's budget per minute (default 240). They reflect how much
 * an operation reads, as far as this grows with the network or the range. Operations that are not
 * listed read a bounded amount and cost nothing.
 */
export const COSTS = {
  /** Every lane twice, and all counters between: 3 per minute. */
  audit_of_traffic: 80,
  /** Starts minutes of work in another function: 12 per minute. */
  export: 20,
  /** Samples of lanes at every instant of a range. */
  history_of_lanes: 10,
  /** Every lane at four instants, and up to 2,000 entries of the log. */
  changes_between: 20,
  /** Changes, their series, and past decisions between three pairs of sites: 4 per minute. */
  incident: 60,
  /** The samples of one policy. */
  history_of_policy: 2,
  /** The samples of up to 50 policies, or of lanes at every instant of a range. */
  series: 10,
  /** The hours of a billing period, of a policy or a few, and minutes of two days at most. */
  percentile: 5,
  /** Every lane at two instants. */
  lanes_twice: 10,
  /** Every lane. */
  lanes_once: 8,
  /** A search that may read up to 24 MB and find nothing. */
  search: 10,
  /**
   * Compares every policy's conditions with those of all earlier policies, in at most a second of
   * CPU time: 24 per minute.
   */
  shadowed_policies: 10,
  /** The counters of up to 1,000 policies. */
  many_policies: 2,
  /** Up to 1,000 sites. */
  many_sites: 2,
  /** A site's traffic of a day and the decisions of every policy on its paths. */
  preview: 10,
  /** The samples of a path's two ends. */
  path_loss: 2,
  /** The same over a range, up to 3,000 samples. */
  path_history: 5,
  /** The changes since an instant, and an hour's samples of the lanes of two sites. */
  past_decisions: 10,
  /** Every path of the network: 30 per minute. */
  all_paths: 8,
  /**
   * Live figures by scope: every counter, every lane that the last snapshot sampled, every path.
   */
  figures: { POLICIES: 2, SITES: 8, PATHS: 8, TOTALS: 2 },
  /** The samples of the caches: up to seven days of them. */
  cache_history: 2,
  /** Up to 100 decisions, each with the figures of its paths: 6 per minute. */
  warm_caches: 40,
  /** Three requests to the user pool for each person of a page: 60 per minute. */
  users: 4,
  /** A page of the flow log: reading ends when the page is full. */
  page_of_flows: 2,
} as const;

const HALF_HOUR_MS = 30 * 60_000;

/** The cost of reading the flow log of a range: 1 for each half hour or part of it. */
export function flowLogCost(range_ms: number): number {
  return Math.max(1, Math.ceil(range_ms / HALF_HOUR_MS));
}
