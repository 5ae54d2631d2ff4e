import { expect, it } from 'vitest';
import { count } from '../../../core/count-words.ts';

it.each([
  [0, '0 paths'],
  [1, '1 path'],
  [2, '2 paths'],
])('writes %i as %j', (number, text) => {
  expect(count(number, 'path')).toBe(text);
});
