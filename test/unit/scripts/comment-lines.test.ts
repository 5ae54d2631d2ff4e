import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MAY_IMPORT } from '../../../scripts/rooms.ts';
import { projectFile } from '../../support/project-files.ts';

const MAX_COLUMNS = 100;

/** Addresses and code of examples are not broken; a directive is read by its tool, in one line. */
const IS_WHOLE = /@example|@see http|biome-ignore/;

const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*|\{\/\*)/.test(line);

it.each([...Object.keys(MAY_IMPORT), 'test'])('%s has comment lines of at most 100 columns', folder => {
  const files = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: projectFile('') });
  expect(files.length).toBeGreaterThan(0);
  const long = files
    .filter(file => !file.endsWith('.generated.ts'))
    .flatMap(file =>
      readFileSync(projectFile(file), 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          line.length > MAX_COLUMNS && isComment(line) && !IS_WHOLE.test(line)
            ? [`${file}:${index + 1}`]
            : [],
        ),
    );
  expect(long).toEqual([]);
});
