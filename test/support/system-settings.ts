/**
 * The settings of the systems that tests start in their own process. They are the same for all, so
 * that templates and bundles are built once in a run.
 */
export const SYSTEM_SETTINGS = {
  // Tests send more requests in a minute than people.
  query_budget: '100000',
  silent_after_s: '10',
  // Tests wait for the counts of their reports.
  ingest_window_seconds: '0',
};
