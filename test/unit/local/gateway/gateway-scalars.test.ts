import type { GraphQLScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../../../local/gateway/schema/build-schema.ts';

const schema = buildSchema('type Query { a: String }');
const scalar = (name: string) => schema.getType(name) as GraphQLScalarType;

describe('AppSync scalars', () => {
  it.each([
    [
      'AWSDate',
      ['2026-01-31', '2024-02-29Z', '2026-01-31+05:30', '2026-01-31-07:00:30'],
      ['2026-02-29', '2026-1-31', '31.1.2026', '2026-01-31T10:00Z', 5],
    ],
    ['AWSTime', ['12:00', '12:00:59', '12:00:59.123Z', '12:00:59+02:00'], ['24:00:00', '12', '12:60', 1200]],
    [
      'AWSDateTime',
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00Z', '2026-01-31T12:00:00.123456789+01:00'],
      ['2026-01-31T12:00:00', '2026-02-30T12:00:00Z', '2026-01-31 12:00:00Z', 1],
    ],
    ['AWSTimestamp', [0, -1, 1_769_860_800], ['0', 1.5, true]],
    ['AWSEmail', ['viewer@example.com'], ['viewer@example', 'a b@example.com', '@example.com', 1]],
    ['AWSURL', ['https://example.com/x?y=1', 'mailto:viewer@example.com'], ['example.com', '', 1]],
    ['AWSPhone', ['+4930123456', '+49 30 1234-56'], ['call me', '+', 1]],
    [
      'AWSIPAddress',
      ['10.0.0.1', '10.0.0.0/8', '2001:db8::1', '2001:db8::/32'],
      ['10.0.0', '10.0.0.0/33', '2001:db8::/129', '10.0.0.1/8/8', 10],
    ],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect(scalar(name).parseValue(value)).toBe(value);
    for (const value of good) expect(scalar(name).serialize(value)).toBe(value);
    for (const value of bad)
      expect(() => scalar(name).parseValue(value), `${value}`).toThrow(/^Unable to parse `/);
    for (const value of bad)
      expect(() => scalar(name).serialize(value), `${value}`).toThrow(/^Unable to serialize `/);
  });

  it('parses AWSJSON in input, and writes it as text in output', () => {
    expect(scalar('AWSJSON').parseValue('{"a":[1]}')).toEqual({ a: [1] });
    expect(scalar('AWSJSON').serialize({ a: [1] })).toBe('{"a":[1]}');
    expect(scalar('AWSJSON').serialize('{"a":[1]}')).toBe('{"a":[1]}');
    expect(scalar('AWSJSON').serialize(5)).toBe('5');
    expect(() => scalar('AWSJSON').parseValue({ a: 1 })).toThrow(
      'Unable to parse `{"a":1}` as a valid JSON.',
    );
    expect(() => scalar('AWSJSON').serialize('meow')).toThrow('Unable to serialize `meow` as a valid JSON.');
  });
});
