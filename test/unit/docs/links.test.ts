import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

const FILES = [
  'README.md',
  ...globSync(['docs/**/*.md', 'test/**/*.md'], { cwd: projectFile('') }),
].toSorted();

/** The anchor that a heading gets: lower case, blanks as hyphens, without punctuation and marks. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsIn(file: string): Set<string> {
  const text = projectText(file).replaceAll(/^```.*?^```/gms, '');
  const seen = new Map<string, number>();
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const anchor = anchorOf(heading!);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return new Set(anchors);
}

/** Links in the text, without those in code. */
function linksIn(file: string): string[] {
  const prose = projectText(file)
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
}

describe('the documentation', () => {
  it.each(FILES)('%s links to existing files and headings', file => {
    const broken = linksIn(file).filter(link => {
      if (/^https?:/.test(link)) return false;
      const [path, anchor] = link.split('#') as [string, string?];
      const target = path === '' ? file : join(dirname(file), path);
      if (!existsSync(projectFile(target))) return true;
      return anchor !== undefined && !anchorsIn(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(FILES)('%s names existing commands of package.json', file => {
    const { scripts } = JSON.parse(projectText('package.json')) as { scripts: Record<string, string> };
    const named = [...projectText(file).matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].map(
      ([, name]) => name!,
    );
    // Decisions may name what has been renamed since.
    const unknown = file.startsWith('docs/decisions/') ? [] : named.filter(name => !(name in scripts));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('has every file of docs/ linked from the README, directly or through one of its links', () => {
    const named = new Set(
      ['README.md', ...globSync('docs/*.md', { cwd: projectFile('') })].flatMap(file =>
        linksIn(file).map(link => join(dirname(file), link.split('#')[0]!)),
      ),
    );
    const files = globSync('docs/*.md', { cwd: projectFile('') });
    expect(files.filter(file => !named.has(file))).toEqual([]);
  });

  it('lists each decision once and in order', () => {
    const list = projectText('docs/decisions/README.md');
    const ranges = [...list.matchAll(/^\| ([\d–, ]+) \|/gm)].flatMap(([, numbers]) =>
      numbers!.split(',').map(part => part.trim().split('–').map(Number)),
    );
    const files = globSync('docs/decisions/[0-9]*.md', { cwd: projectFile('') });
    const missing = files
      .map(file => Number(/(\d+)-/.exec(file)![1]))
      .filter(number => !ranges.some(([from, to]) => number >= from! && number <= (to ?? from!)));
    expect(missing).toEqual([]);
    const listed = ranges.map(([from, to]) => [from!, to ?? from!] as const);
    const outOfOrder = listed.filter(([from], at) => at > 0 && from <= listed[at - 1]![1]);
    expect(outOfOrder).toEqual([]);
  });
});
