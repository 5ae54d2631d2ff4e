import { expect, it } from 'vitest';
import { selectsOnly } from '../../../../functions/api/selection.ts';

it.each([
  ['what is listed', ['id', 'name'], '', true],
  ['more than that', ['id', 'sites'], '', false],
  ['an alias, which may be anything', ['other'], '', false],
  ['nothing under the path', ['next_token'], 'items', true],
  ['more under the path', ['items', 'items/sites/name'], 'items', false],
  ['only what is listed under the path', ['items', 'items/id', 'next_token'], 'items', true],
  ['nothing at all, which stands for everything', [], '', false],
  ['nothing at all, asked about a path', [], 'items', false],
])('selectsOnly tells %s', (_, selection, path, only) => {
  expect(selectsOnly(selection, path, ['id', 'name'])).toBe(only);
});
