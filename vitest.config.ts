import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { SHARED_TESTS } from './test/support/shared-tests.ts';

export default defineConfig({
  test: {
    // The long tests go through every call, and may share the machine with others.
    testTimeout: process.env.KILL_CALLS === 'all' ? 3_600_000 : 180_000,
    hookTimeout: 120_000,
    // One more than the two cores of the smallest machine: some tests wait for seconds at a time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**', ...SHARED_TESTS],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        // They leave nothing behind in their process, and would load the same modules again.
        test: {
          name: 'shared',
          include: [...SHARED_TESTS],
          isolate: false,
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        // They keep nothing outside themselves, and half of their time was the loading of modules.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false },
      },
    ],
  },
});
