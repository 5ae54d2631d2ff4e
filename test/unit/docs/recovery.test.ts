import { existsSync, globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

const sections = projectText('docs/recovery.md')
  .split(/^## /m)
  .slice(1)
  .map(text => {
    const [, heading] = /^(.+)\n/.exec(text)!;
    const [, file, name] = /\n\*\*Drill\*\*: `([^`]+)` "([^"]+)"\n/.exec(text) ?? [];
    return { heading: heading!, file: file!, name: name! };
  });

describe('docs/recovery.md', () => {
  it.each(sections)('names an existing drill for "$heading"', ({ file, name }) => {
    expect(existsSync(projectFile(file))).toBe(true);
    expect(projectText(file)).toMatch(new RegExp(`\\b(it|describe)\\('${name}'`));
  });

  it('has a section for each drill', () => {
    const drills = globSync('test/**/*.test.ts', { cwd: projectFile('') }).flatMap(file =>
      [...projectText(file).matchAll(/\b(?:it|describe)\('(drill: [^']+)'/g)].map(([, name]) => name),
    );
    expect(sections.map(({ name }) => name).sort()).toEqual(drills.sort());
    expect(sections).toHaveLength(6);
  });
});
