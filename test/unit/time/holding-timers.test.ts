import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFile } from '../../support/project-files.ts';

/** Calls that make a timer or a handle that does not keep its process alive. */
const LOOSE = /\.unref\b|\bunref\(|\bref: false|\bAbortSignal\.timeout\b/;

/** The files in which that is right, and why: nothing awaits the timer. */
const ALLOWED: Record<string, string> = {
  'local/lambda/keeper.ts': 'the keeper of containers waits for this process, and not the other way round',
};

// A promise that only such a timer resolves is never resolved once a process waits for nothing
// else: a program ends in the middle of it, and Lambda answers null.
it('timers keep the process alive, except the listed ones, each with a reason', () => {
  const files = globSync('{core,functions,edge,local}/**/*.ts', { cwd: projectFile('') });
  expect(files.length).toBeGreaterThan(100);
  const loose = files.filter(file => LOOSE.test(withoutComments(readFileSync(projectFile(file), 'utf8'))));
  expect(loose.map(file => file.replaceAll('\\', '/')).sort()).toEqual(Object.keys(ALLOWED));
});

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}
