import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WAITS } from '../../support/awaited-waits.ts';
import { projectFile } from '../../support/project-files.ts';

const run = promisify(execFile);
let folder: string;

/** In one file, because each of the programs would spend most of its time on loading the parts. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-waits-'));
  await build({
    entryPoints: [projectFile('test/support/awaited-waits.ts')],
    outfile: join(folder, 'waits.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true }));

/** Node's exit code for a program whose event loop ran empty while it awaited something. */
const AWAITED_IN_VAIN = 13;

/** Awaits an expression in a process that waits for nothing else; resolves with its exit code. */
async function exitCodeOf(wait: string): Promise<number> {
  const program = `import waits from ${JSON.stringify(join(folder, 'waits.cjs'))}; const { WAITS } = waits; await ${wait}; process.exit(0);`;
  return run(process.execPath, ['--input-type=module', '--eval', program]).then(
    () => 0,
    ({ code, stderr }) => (code === AWAITED_IN_VAIN ? code : expect.fail(stderr)),
  );
}

it.concurrent.each(Object.keys(WAITS))('ends %s in a process that waits for nothing else', async name => {
  expect(await exitCodeOf(`WAITS[${JSON.stringify(name)}]()`)).toBe(0);
});

it('detects a wait without a timer that holds the process', async () => {
  const wait = 'new Promise(resolve => setTimeout(resolve, 20).unref())';
  expect(await exitCodeOf(wait)).toBe(AWAITED_IN_VAIN);
});
