import { expect, it } from 'vitest';
import { selectsOnly } from '../../../../functions/api/selection.ts';

it.each([
  ['the listed fields', ['id', 'name'], '', true],
  ['a field more', ['id', 'sites'], '', false],
  ['an alias, which may be anything', ['other'], '', false],
  ['nothing under the path', ['next_token'], 'items', true],
  ['another field under the path', ['items', 'items/sites/name'], 'items', false],
  ['only listed fields under the path', ['items', 'items/id', 'next_token'], 'items', true],
  ['an empty selection, which means everything', [], '', false],
  ['an empty selection under a path', [], 'items', false],
])('selectsOnly recognizes %s', (_, selection, path, only) => {
  expect(selectsOnly(selection, path, ['id', 'name'])).toBe(only);
});
