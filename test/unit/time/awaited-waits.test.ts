import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { WAITS } from '../../support/awaited-waits.ts';
import { projectFile } from '../../support/project-files.ts';

const run = promisify(execFile);
const module = pathToFileURL(projectFile('test/support/awaited-waits.ts')).href;

/** Node's exit code for a program whose event loop ran empty while it awaited something. */
const AWAITED_IN_VAIN = 13;

/** Awaits an expression in a process that waits for nothing else; resolves with its exit code. */
async function exitCodeOf(wait: string): Promise<number> {
  const program = `const { WAITS } = await import(${JSON.stringify(module)}); await ${wait}; process.exit(0);`;
  return run(process.execPath, ['--input-type=module', '--eval', program]).then(
    () => 0,
    ({ code, stderr }) => (code === AWAITED_IN_VAIN ? code : expect.fail(stderr)),
  );
}

it.each(Object.keys(WAITS))('%s comes to an end in a process that waits for nothing else', async name => {
  expect(await exitCodeOf(`WAITS[${JSON.stringify(name)}]()`)).toBe(0);
});

it('a wait that nothing holds is noticed', async () => {
  const wait = 'new Promise(resolve => setTimeout(resolve, 20).unref())';
  expect(await exitCodeOf(wait)).toBe(AWAITED_IN_VAIN);
});
