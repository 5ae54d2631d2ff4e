import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GENERATED_FILES } from '../../../scripts/generated-files.ts';
import { MAY_IMPORT } from '../../../scripts/rooms.ts';
import { projectFile } from '../../support/project-files.ts';

it.each(Object.entries(GENERATED_FILES))('%s is current: npm run generate makes it', (path, make) => {
  expect(readFileSync(projectFile(path)).equals(Buffer.from(make()))).toBe(true);
});

it('every file named generated is made by npm run generate', () => {
  const folders = Object.keys(MAY_IMPORT).map(folder => `${folder}/**/*.generated.*`);
  const exclude = (path: string) => path === 'node_modules' || path.includes('/node_modules');
  const found = globSync(folders, { cwd: projectFile(''), exclude });
  expect(found.filter(path => !Object.hasOwn(GENERATED_FILES, path))).toEqual([]);
});
