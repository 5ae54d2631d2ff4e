import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFile } from '../../support/project-files.ts';
import { SHARED_TESTS } from '../../support/shared-tests.ts';

/** Calls that change the process, or let other programs write to the tables. */
const ALONE = /\bvi\.|stubFunctionEnvironment|dynamodbEndpoint|process\.(env\.\w+ =[^=]|chdir|on\()/;

const files = SHARED_TESTS.flatMap(pattern => globSync(pattern, { cwd: projectFile('') }));

it('most files share a process', () => {
  expect(files.length).toBeGreaterThan(60);
});

it.each(files)('%s does not change its process', file => {
  expect(ALONE.exec(readFileSync(projectFile(file), 'utf8'))).toBeNull();
});
