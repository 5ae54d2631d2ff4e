import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // One more than the two cores of the smallest machine: some tests wait for seconds at a time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
