/**
 * Settings of the systems that tests start in their own process. They are the same for all, so that
 * templates and bundles are made once a run.
 */
export const SYSTEM_SETTINGS = {
  // Tests ask for more in a minute than people do.
  query_budget: '100000',
  silent_after_s: '10',
  // Tests wait for what they have sent.
  ingest_window_seconds: '0',
};
