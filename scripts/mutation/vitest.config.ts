import { defineConfig } from 'vitest/config';
import { TESTS_VARIABLE } from './tests-variable.ts';

/** Only the tests that prove the room whose lines are broken, without the engines that others need. */
export default defineConfig({
  test: {
    include: process.env[TESTS_VARIABLE]?.split(',') ?? [],
    // Each run has a process of its own; its test files share what they import.
    isolate: false,
    testTimeout: 60_000,
  },
});
