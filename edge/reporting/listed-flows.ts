/** Number of flows that a report lists; the rest is summed as "other". */
export const DEFAULT_LISTED_FLOWS = 100;
