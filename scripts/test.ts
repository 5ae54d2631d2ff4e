// `npm test`: every test, closing with the line `N passed, N failed`. Arguments go on to vitest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'patronus-test-'));
const file = join(folder, 'results.json');
const { status } = spawnSync(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
const results = readResults();
rmSync(folder, { recursive: true });

const { passed, failed, skipped } = results;
if (skipped > 0) console.log(`${skipped} skipped: each says why in the list above`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = status === 0 && failed === 0 && passed > 0 ? 0 : 1;

/** A test file that could not be loaded, and an error outside any test, count as failures. */
function readResults(): { passed: number; failed: number; skipped: number } {
  try {
    const json = JSON.parse(readFileSync(file, 'utf8')) as Results;
    const broken = json.testResults.filter(
      suite => suite.status === 'failed' && suite.assertionResults.length === 0,
    ).length;
    const failed = json.numFailedTests + broken;
    return {
      passed: json.numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: json.numPendingTests + json.numTodoTests,
    };
  } catch (cause) {
    console.error(`The test run left no readable result: ${(cause as Error).message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
