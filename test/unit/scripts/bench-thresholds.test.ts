import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

/** Counts of actions and DynamoDB's published units: the same on every machine. */
const COUNTED = [
  /^'= 1 GetItem'$/,
  /^'= 1 load'$/,
  /^'<= 1 a second, and the first at once'$/,
  /^'1 page'$/,
  /^'<= (3 requests|1 request)'$/,
  /^'<= 2 tasks more'$/,
  /^`<= \$\{MAX_WRITE_UNITS\} WRU`$/,
];

const thresholds = globSync('bench/*.ts', { cwd: projectFile('') }).flatMap(file =>
  [...projectText(file).matchAll(/^\s+threshold: (.+),$/gm)].map(([, text]) => ({ file, text: text! })),
);

describe('the thresholds of the benchmarks', () => {
  it('are found', () => {
    expect(thresholds.length).toBeGreaterThan(20);
  });

  it('are counts or ratios to a peer of the same run; times, rates and memory are only shown', () => {
    const others = thresholds.filter(
      ({ text }) => !/^['`]ratio [<>]= |^''$/.test(text) && !COUNTED.some(counted => counted.test(text)),
    );
    expect(others).toEqual([]);
  });
});
