import { expect, it } from 'vitest';
import { lowerUuid } from '../../../core/report/uuid-text.ts';

const UUID = '550E8400-E29B-41D4-A716-446655440000';

it.each([
  ['a UUID', UUID],
  ['a UUID in small letters', UUID.toLowerCase()],
  ['a UUID followed by 16 digits', `${UUID}.0123456789ABCDEF`],
])('writes %s in small letters', (_, text) => {
  expect(lowerUuid(text)).toBe(text.toLowerCase());
});

it.each([
  ['a name', 'Berlin'],
  ['a UUID after a letter', `x${UUID}`],
  ['a UUID before a letter', `${UUID}X`],
  ['a letter that is not a digit', UUID.replace('E', 'G')],
  ['a digit too few', UUID.slice(0, -1)],
  ['a part too few', UUID.replace('-41D4', '')],
  ['15 digits after a UUID', `${UUID}.0123456789ABCDE`],
  ['17 digits after a UUID', `${UUID}.0123456789ABCDEF0`],
  ['letters after a UUID', `${UUID}.GHIJKLMNOPQRSTUV`],
])('leaves %s unchanged', (_, text) => {
  expect(lowerUuid(text)).toBe(text);
});
