/** Rooms whose integration tests need nothing but the run's DynamoDB Local. */
const ROOMS = [
  'access',
  'alarms',
  'answers',
  'audit',
  'commands',
  'edge-keys',
  'flows',
  'functions/api',
  'history',
  'ingest',
  'inventory',
  'ledger',
  'live',
  'named-groups',
  'operations',
  'preferences',
  'routing',
  'undo',
  'watch',
] as const;

/**
 * Files whose processes run one file after another, without loading the modules again: they leave
 * the environment, the clock and the globals of the process as they are, and write to their tables
 * by `localClient` alone. What doesn't is in a room of its own, or named `*.alone.test.ts`.
 */
export const SHARED_TESTS: readonly string[] = ROOMS.map(
  room => `test/integration/${room}/**/!(*.alone).test.ts`,
);
