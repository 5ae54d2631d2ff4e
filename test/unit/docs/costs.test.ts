import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COSTS } from '../../../functions/api/costs.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

/** The cost of an operation: the numbers in its resolver, and whether it grows with a range. */
interface Cost {
  operation: string;
  units: number[];
  grows: boolean;
}

/**
 * The costs in the text of the resolvers; those of an operation's fields count as the operation's.
 */
const costs: Cost[] = globSync('functions/api/resolvers/*.ts', { cwd: projectFile('') }).flatMap(file =>
  projectText(file)
    .split(/^ {2}(?='(?:Query|Mutation)\.)/m)
    .slice(1)
    .map(text => ({
      operation: /^'\w+\.(\w+)'/.exec(text)![1]!,
      units: [...text.matchAll(/\bCOSTS\.([\w.]+)/g)].flatMap(([, key]) => unitsOf(key!)),
      grows: text.includes('flowLogCost('),
    }))
    .filter(({ units, grows }) => units.length > 0 || grows),
);

function unitsOf(key: string): number[] {
  const value = key
    .split('.')
    .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], COSTS);
  return typeof value === 'number' ? [value] : Object.values(value as Record<string, number>);
}

const [, section = ''] = projectText('docs/api.md').split('\n## What expensive queries cost\n');
const rows = [...section.split('\n## ')[0]!.matchAll(/^\| (.*`.*) \| (\d.*) \|$/gm)].map(
  ([, what, units]) => ({
    operations: [...what!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
    units: Number.parseInt(units!, 10),
    grows: units!.includes('half an hour'),
  }),
);

describe('docs/api.md, costs of expensive queries', () => {
  it('are compared with the resolvers that have a cost', () => {
    expect(costs.length).toBeGreaterThan(25);
  });

  it.each(costs)('has the cost of $operation', ({ operation, units, grows }) => {
    const told = rows.filter(({ operations }) => operations.includes(operation));
    expect(told.some(row => row.grows)).toBe(grows);
    const expected = units.length > 0 ? units : [1];
    expect([...new Set(told.map(row => row.units))].toSorted()).toEqual([...new Set(expected)].toSorted());
  });

  it('lists no free operation', () => {
    const named = costs.map(({ operation }) => operation);
    const free = rows.filter(({ operations }) => !operations.some(name => named.includes(name)));
    expect(free).toEqual([]);
  });
});
