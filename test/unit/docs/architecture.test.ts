import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAY_IMPORT, ROOMS } from '../../../scripts/rooms.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

const sections = new Map(
  projectText('docs/architecture.md')
    .split(/^## /m)
    .map(section => [section.slice(0, section.indexOf('\n')), section]),
);

/** The cells of a section's tables, without the head. */
function rowsOf(title: string): string[][] {
  const lines = sections.get(title)!.split('\n');
  return lines
    .filter((line, index) => line.startsWith('| ') && !lines[index + 1]?.startsWith('|---'))
    .map(line => line.split('|').slice(1, -1));
}

const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
const wordsIn = (cells: string[]): string[] =>
  cells.flatMap(codeIn).flatMap(code => /^[A-Z_]+/.exec(code) ?? []);

describe('docs/architecture.md, folders', () => {
  const rows = rowsOf('Folders and their imports');

  it('has the imports of scripts/rooms.ts', () => {
    const told = rows.flatMap(([folders, , imports]) =>
      codeIn(folders!).map(folder => [folder.replace('/', ''), codeIn(imports!).sort()] as const),
    );
    const expected = Object.entries(MAY_IMPORT).map(
      ([folder, others]) => [folder, others.toSorted()] as const,
    );
    expect(Object.fromEntries(told.filter(([folder]) => folder in MAY_IMPORT))).toEqual(
      Object.fromEntries(expected),
    );
  });

  it('has a row for each room of core/', () => {
    const rooms = rowsOf('The rooms of core/').flatMap(([names]) => codeIn(names!));
    expect(rooms.map(name => name.replace('/', '')).sort()).toEqual(Object.keys(ROOMS.core!).sort());
  });
});

describe('docs/architecture.md, keys', () => {
  const rows = rowsOf('Keys');
  const code = globSync('core/**/*.ts', { cwd: projectFile('') })
    .map(path => projectText(path).replace(/^\s*(\/\/|\*|\/\*).*$/gm, ''))
    .join('\n');
  const found = (pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([, name]) => name!);
  /** A partition key is built in one of these ways. */
  const partitions = [
    ...found(/PARTITION = '([A-Z_]+)'/g),
    ...found(/artition\w*(?: = )?\([^)]*\)(?:: string)?(?: =>| \{\s*return) `([A-Z_]+)#/g),
    ...found(/\bpk: ['`]([A-Z]+)[#'`]/g),
  ];
  /** The beginnings of partition or sort keys. */
  const prefixes = found(/_PREFIX = '([A-Z]+)#'/g);
  /** Sort keys that are a word, or begin with one. */
  const sortWords = found(/\bsk: ['`]([A-Z_]+)[#'`]/g);

  it('lists each kind of partition in the code', () => {
    const told = wordsIn(rows.map(([, partition]) => partition!));
    expect(partitions.filter(name => !told.includes(name))).toEqual([]);
  });

  it('lists each prefix of a key in the code', () => {
    const told = wordsIn(rows.flatMap(([, partition, sort]) => [partition!, sort!]));
    expect([...prefixes, ...sortWords].filter(name => !told.includes(name))).toEqual([]);
  });

  it('lists only partitions that the code writes', () => {
    const told = wordsIn(rows.map(([, partition]) => partition!));
    expect(told.filter(name => ![...partitions, ...prefixes].includes(name))).toEqual([]);
  });
});
