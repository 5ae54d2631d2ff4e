import { matchesGlob, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { TESTS_VARIABLE } from './tests-variable.ts';

const TESTS = process.env[TESTS_VARIABLE]?.split(',') ?? [];

/** The files in the order of the table, which has the quickest first. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      TESTS.findIndex(pattern => matchesGlob(relative(process.cwd(), moduleId), pattern));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/**
 * Only the tests that prove the room whose lines are broken, without the engines that others need.
 */
export default defineConfig({
  test: {
    include: TESTS,
    setupFiles: ['scripts/mutation/no-shrinking.ts'],
    // Each run has a process of its own; its test files share what they import.
    isolate: false,
    sequence: { sequencer: InOrder },
    testTimeout: 60_000,
  },
});
