import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

/** The sources of the words on the screen: the console, and the names of the demo. */
const SOURCES = globSync(['web/**/*.{ts,tsx}', 'local/demo/*.ts'], { cwd: projectFile('') })
  .map(projectText)
  .join('\n')
  .replaceAll(/\s+/g, ' ');

/** Words of the console that a text quotes: those in italics that begin with a capital letter. */
function labelsIn(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/(?<![*\w])\*([A-Z][^*\n]+)\*(?!\*)/g)].map(([, label]) => label!);
}

it.each([
  ['README.md', 15],
  ['docs/console.md', 15],
])('%s quotes only words that are in the console', (file, least) => {
  const labels = labelsIn(projectText(file));
  expect(labels.length).toBeGreaterThanOrEqual(least);
  expect(labels.filter(label => !SOURCES.includes(label))).toEqual([]);
});
