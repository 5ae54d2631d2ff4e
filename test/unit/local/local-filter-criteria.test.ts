import { describe, expect, it } from 'vitest';
import { makeFilter } from '../../../local/event-sources/filter-criteria.ts';

const event = {
  eventName: 'INSERT',
  tags: ['a', 'b'],
  dynamodb: { Keys: { pk: { S: 'AUDIT#2026-01' } }, NewImage: { count: 5, none: null } },
};

describe('filter criteria', () => {
  it.each([
    ['no pattern at all', [], true],
    ['a literal', [{ eventName: ['INSERT', 'MODIFY'] }], true],
    ['another literal', [{ eventName: ['REMOVE'] }], false],
    ['a prefix further in', [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'AUDIT#' }] } } } }], true],
    ['another prefix', [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'SITE#' }] } } } }], false],
    ['a suffix', [{ eventName: [{ suffix: 'ERT' }] }], true],
    ['a text in other letters', [{ eventName: [{ 'equals-ignore-case': 'insert' }] }], true],
    ['an existing field', [{ dynamodb: { NewImage: [{ exists: true }] } }], true],
    ['a missing field', [{ dynamodb: { OldImage: [{ exists: false }] } }], true],
    ['something that should be missing', [{ dynamodb: { NewImage: [{ exists: false }] } }], false],
    ['anything but another value', [{ eventName: [{ 'anything-but': ['REMOVE'] }] }], true],
    ['anything but a prefix', [{ eventName: [{ 'anything-but': { prefix: 'INS' } }] }], false],
    ['anything but a value, for a missing field', [{ nothing: [{ 'anything-but': 'x' }] }], false],
    ['a range', [{ dynamodb: { NewImage: { count: [{ numeric: ['>', 4, '<=', 5] }] } } }], true],
    ['another range', [{ dynamodb: { NewImage: { count: [{ numeric: ['>=', 6] }] } } }], false],
    ['null', [{ dynamodb: { NewImage: { none: [null] } } }], true],
    ['one value of a list', [{ tags: ['b'] }], true],
    ['a choice', [{ $or: [{ eventName: ['REMOVE'] }, { tags: ['a'] }] }], true],
    ['the second of two patterns', [{ eventName: ['REMOVE'] }, { eventName: ['INSERT'] }], true],
    ['an unknown part', [{ a: { b: { c: ['x'] } } }], false],
  ])('%s: %j → %s', (_, patterns, passes) => {
    const filter = makeFilter(patterns.map(pattern => ({ Pattern: JSON.stringify(pattern) })));
    expect(filter(event)).toBe(passes);
  });

  it.each([
    ['{"a":[{"cidr":"10.0.0.0/8"}]}', '{"cidr":"10.0.0.0/8"}'],
    ['{"a":"b"}', '"b"'],
    ['{"a":[{"numeric":["~",1]}]}', '{"numeric":["~",1]}'],
  ])('reject %s', (Pattern, part) => {
    expect(() => makeFilter([{ Pattern }])).toThrow(
      new Error(`The one-machine runtime does not support this part of a filter pattern: ${part}`),
    );
  });
});
