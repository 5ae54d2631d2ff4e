import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

const text = projectText('docs/security.md');

/** The guards in the sections about actors: each is a line that begins with `- `. */
const guards = text
  .split(/^## /m)
  .filter(section => !/^(What remains|What is worth|Who might|Where trust)/.test(section))
  .flatMap(section => section.split('\n'))
  .filter(line => line.startsWith('- '));

/** The tests that a line names, as `*file › title*`. */
const testsIn = (line: string): [string, string][] =>
  [...line.matchAll(/\*(test\/[\w./-]+\.ts) › ([^*]+)\*/g)].map(([, file, title]) => [file!, title!]);

/** Titles of the tests in a file, including tables of cases. */
function titlesOf(file: string): string[] {
  const source = projectText(file);
  return [...source.matchAll(/(?:\b(?:it|test)|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])+)\1/g)].map(
    ([, , title]) => title!.replaceAll(/\\(.)/g, '$1'),
  );
}

describe('docs/security.md', () => {
  it('has guards against every attacker', () => {
    expect(guards.length).toBeGreaterThan(40);
  });

  it.each(guards.map(line => [line.slice(2).split(' *test/')[0]!, line]))(
    'names an existing test: %s',
    (_, line) => {
      const named = testsIn(line);
      expect(named.length, 'a guard without a test is none').toBeGreaterThan(0);
      for (const [file, title] of named) {
        expect(existsSync(projectFile(file)), file).toBe(true);
        expect(titlesOf(file), file).toContain(title);
      }
    },
  );

  it('names every test in the same form', () => {
    const mentioned = guards.join('\n').match(/test\/[\w./-]+\.ts/g) ?? [];
    expect(guards.flatMap(testsIn)).toHaveLength(mentioned.length);
  });
});
