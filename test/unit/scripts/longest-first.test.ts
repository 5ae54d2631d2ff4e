import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LONGEST } from '../../support/longest-first.ts';
import { projectFile } from '../../support/project-files.ts';

it.each(LONGEST)('%s, which is begun early, is there', file => {
  expect(existsSync(projectFile(file))).toBe(true);
});
