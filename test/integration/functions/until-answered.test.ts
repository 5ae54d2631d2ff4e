import { globSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestFunction, testFunction } from '../../support/local/functions.ts';
import { projectFile } from '../../support/project-files.ts';

const module = pathToFileURL(projectFile('functions/until-answered.ts')).href;

let subject: TestFunction | undefined;
afterEach(async () => {
  await subject?.drop();
  subject = undefined;
});

async function make(handle: string, timeoutMs = 20_000): Promise<TestFunction> {
  const source = `import { untilAnswered } from ${JSON.stringify(module)};
    export const handler = untilAnswered(${handle});`;
  subject = await testFunction(source, { timeoutMs });
  return subject;
}

describe('a handler that is kept alive until it has answered', () => {
  it("waits for an unref'd timer", async () => {
    const { lambda } = await make(
      `async () => new Promise(resolve => setTimeout(resolve, 10, 'answer').unref())`,
    );
    expect((await lambda.invoke({})).result).toBe('answer');
  });

  it('fails, and does not answer null, if its promise is never settled', async () => {
    const { lambda } = await make('async () => new Promise(() => {})', 1000);
    await expect(lambda.invoke({})).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
    });
  });

  it('passes a failure on, and leaves no timer', async () => {
    const { lambda } = await make(`async ({ fail }) => { if (fail) throw new RangeError('no');
      return process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length; }`);
    await expect(lambda.invoke({ fail: true })).rejects.toMatchObject({ name: 'RangeError', message: 'no' });
    // Its own.
    expect((await lambda.invoke({})).result).toBe(1);
  });
});

const handlers = globSync('functions/*/handler.ts', { cwd: projectFile('') });

it.each(handlers)('%s exports only such a handler', file => {
  const exported = readFileSync(projectFile(file), 'utf8').match(/^export .*$/gm);
  expect(exported).toEqual(['export const handler = untilAnswered(handle);']);
});
