import { defineConfig } from 'vitest/config';

/** Tests without processes and servers, by the rooms that they are for. */
const ROOMS = [
  'alarms',
  'answers',
  'cache',
  'commands',
  'edge-keys',
  'effects',
  'flows',
  'history',
  'ingest',
  'inventory',
];
const MORE = [
  'ledger',
  'live',
  'policy',
  'recorder',
  'report',
  'routing',
  'rows',
  'storage',
  'time',
  'totals',
  'watch',
];

export default defineConfig({
  test: {
    include: [...ROOMS, ...MORE].map(room => `test/unit/${room}/**/*.test.ts`),
    testTimeout: 60_000,
  },
});
