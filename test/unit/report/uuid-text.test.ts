import { expect, it } from 'vitest';
import { lowerUuid } from '../../../core/report/uuid-text.ts';

const UUID = '550E8400-E29B-41D4-A716-446655440000';

it.each([
  ['a UUID', UUID],
  ['a UUID in small letters', UUID.toLowerCase()],
  ['a UUID with 16 digits behind it', `${UUID}.0123456789ABCDEF`],
])('writes %s in small letters', (_, text) => {
  expect(lowerUuid(text)).toBe(text.toLowerCase());
});

it.each([
  ['a name', 'Berlin'],
  ['a UUID behind something', `x${UUID}`],
  ['a UUID before something', `${UUID}X`],
  ['a letter that is no digit', UUID.replace('E', 'G')],
  ['a digit too few', UUID.slice(0, -1)],
  ['a part too few', UUID.replace('-41D4', '')],
  ['15 digits behind a UUID', `${UUID}.0123456789ABCDE`],
  ['17 digits behind a UUID', `${UUID}.0123456789ABCDEF0`],
  ['letters behind a UUID', `${UUID}.GHIJKLMNOPQRSTUV`],
])('leaves %s unchanged', (_, text) => {
  expect(lowerUuid(text)).toBe(text);
});
