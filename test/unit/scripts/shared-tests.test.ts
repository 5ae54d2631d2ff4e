import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFile } from '../../support/project-files.ts';
import { SHARED_TESTS } from '../../support/shared-tests.ts';

/** What a test does to its process, or has others write to its tables. */
const ALONE = /\bvi\.|stubFunctionEnvironment|dynamodbEndpoint|process\.(env\.\w+ =[^=]|chdir|on\()/;

const files = SHARED_TESTS.flatMap(pattern => globSync(pattern, { cwd: projectFile('') }));

it('files that share a process are many', () => {
  expect(files.length).toBeGreaterThan(60);
});

it.each(files)('%s leaves its process as it was', file => {
  expect(ALONE.exec(readFileSync(projectFile(file), 'utf8'))).toBeNull();
});
