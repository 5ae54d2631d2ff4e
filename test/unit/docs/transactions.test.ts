import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

/** Calls that write a transaction; those in the storage room itself pass on their input. */
const WRITES = /\b(transact|writeChange|commit\w+(?:<\w+>)?)\(|new TransactWriteCommand\(/;

it('lists each file that writes a transaction in docs/transactions.md, with its bound', () => {
  const files = globSync('{core,functions,scripts,edge}/**/*.ts', { cwd: projectFile('') })
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => !file.startsWith('core/storage/'))
    .filter(file => WRITES.test(projectText(file)));
  const rows = projectText('docs/transactions.md')
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.split('|').map(cell => cell.trim()));
  expect(files.length).toBeGreaterThan(20);
  expect(rows.map(([, file]) => file!.replaceAll('`', '')).sort()).toEqual(files.sort());
  for (const [, , , actions, bound] of rows) {
    expect(Number(actions)).toBeGreaterThan(0);
    expect(Number(actions)).toBeLessThanOrEqual(100);
    expect(bound).not.toBe('');
  }
});
