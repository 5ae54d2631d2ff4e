import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LONGEST } from '../../support/longest-first.ts';
import { projectFile } from '../../support/project-files.ts';

it.each(LONGEST)('%s, which starts early, exists', file => {
  expect(existsSync(projectFile(file))).toBe(true);
});
