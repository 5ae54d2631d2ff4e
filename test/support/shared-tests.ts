/** Rooms whose integration tests need only the DynamoDB Local of the run. */
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
 * Files that run one after another in shared processes, without loading the modules again: they do
 * not change the environment, the clock and the globals of the process, and write to their tables
 * only through `localClient`. Other files are in other rooms, or are named `*.alone.test.ts`.
 */
export const SHARED_TESTS: readonly string[] = ROOMS.map(
  room => `test/integration/${room}/**/!(*.alone).test.ts`,
);
