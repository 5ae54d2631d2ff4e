import { describe, expect, it } from 'vitest';
import {
  brokenRules,
  Conflict,
  NotFound,
  noEdge,
  noEndpoint,
  noPath,
  noPolicy,
  noSite,
  PatronusError,
  quoted,
  shortened,
  Throttled,
  Unauthorized,
  ValidationError,
} from '../../../core/errors.ts';

describe('planned errors', () => {
  it.each([
    [new ValidationError('m'), 'ValidationError'],
    [new NotFound('m'), 'NotFound'],
    [new Unauthorized('m'), 'Unauthorized'],
    [new Conflict('m'), 'Conflict'],
    [new Throttled('m'), 'Throttled'],
  ])('%s has its type as its name', (error, type) => {
    expect(error).toBeInstanceOf(PatronusError);
    expect([error.errorType, error.name, error.message]).toEqual([type, type, 'm']);
  });

  it('keep their cause', () => {
    const cause = new Error('why');
    expect(new ValidationError('m', { cause }).cause).toBe(cause);
    expect(new Throttled('m', { cause }).cause).toBe(cause);
  });

  it('say after how many seconds to retry, if that is known', () => {
    expect(new Throttled('m', { retry_after_s: 3 }).retry_after_s).toBe(3);
    expect(new Throttled('m').retry_after_s).toBeUndefined();
  });

  it.each([
    [noSite('s'), 'There is no site "s": the query sites lists those that exist.'],
    [noPolicy('p'), 'There is no policy "p": the query policies lists those that exist.'],
    [noPath('p'), 'There is no path "p": the query paths lists a site\'s paths.'],
    [noEdge('e'), 'No edge "e" is registered: the query edges lists those that are.'],
    [noEndpoint('w', 's'), 'Site "s" has no endpoint "w": the query site lists its endpoints.'],
    [
      noEndpoint('w'),
      'No edge has counted anything for an endpoint "w"; with site_id it is looked up at that site.',
    ],
  ])('%s', (error, message) => {
    expect(error).toBeInstanceOf(NotFound);
    expect(error.message).toBe(message);
  });
});

describe('a text of a caller', () => {
  it('is repeated whole up to 80 characters, and shortened beyond', () => {
    expect(shortened('x'.repeat(80))).toBe('x'.repeat(80));
    expect(shortened('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  });

  it('is quoted like JSON', () => {
    expect(quoted('a "b"\n')).toBe(String.raw`"a \"b\"\n"`);
    expect(quoted('x'.repeat(81))).toBe(`"${'x'.repeat(79)}…"`);
  });
});

describe('wrong arguments', () => {
  it('are named with the allowed values', () => {
    const { fields } = new ValidationError('limit must be a whole number from 1 to 100.', {
      arguments: ['limit'],
    });
    expect(fields).toEqual([
      {
        argument: 'limit',
        message: 'limit must be a whole number from 1 to 100.',
        allowed: 'a whole number from 1 to 100',
      },
    ]);
  });

  it.each([
    ['name must have at most 80 characters.', 'at most 80 characters'],
    ['name must have at most 80 characters', 'at most 80 characters'],
    ['to must be later than from: choose a later one.', 'later than from'],
    ['port must be 0; it was 7.', '0'],
    [
      'key must be a JWK ({"kty":"OKP"; …}) or in PEM: `edge -- key` prints it.',
      'a JWK ({"kty":"OKP"; …}) or in PEM',
    ],
    ['weight must be 0.5 or more.', '0.5 or more'],
    ['Sites mustbe known.', null],
    ['An endpoint of this name exists.', null],
  ])('from "%s" allow %j', (message, allowed) => {
    expect(new ValidationError(message, { arguments: ['a'] }).fields[0]!.allowed).toBe(allowed);
  });

  it('are absent if no rule is about a single argument', () => {
    expect(new ValidationError('m').fields).toEqual([]);
  });
});

describe('the broken rules of an input', () => {
  const rule = (path: PropertyKey[], message: string) => ({ path, message });

  it('are whole sentences, or begin with the path of their argument', () => {
    const error = brokenRules([
      rule(['match', 'ports', 2], 'must be a port'),
      rule([], 'One of from and to is missing.'),
    ]);
    expect(error.message).toBe('match.ports.2 must be a port. One of from and to is missing.');
    expect(error.fields).toEqual([
      { argument: 'match.ports.2', message: 'match.ports.2 must be a port.', allowed: 'a port' },
    ]);
  });

  it('are listed once each, and the first one of each argument counts', () => {
    const error = brokenRules([
      rule(['a'], 'Both are wrong.'),
      rule(['b'], 'Both are wrong.'),
      rule(['a'], 'must be short'),
    ]);
    expect(error.message).toBe('Both are wrong. a must be short.');
    expect(error.fields.map(({ argument, message }) => [argument, message])).toEqual([
      ['a', 'Both are wrong.'],
      ['b', 'Both are wrong.'],
    ]);
  });

  it('are ten at most, followed by the number of others', () => {
    const rules = (count: number) => Array.from({ length: count }, (_, n) => rule([`a${n}`], `Rule ${n}.`));
    const ten = rules(10)
      .map(({ message }) => message)
      .join(' ');
    expect(brokenRules(rules(10)).message).toBe(ten);
    expect(brokenRules(rules(12)).message).toBe(`${ten} 2 more rules are broken.`);
    expect(brokenRules(rules(12)).fields).toHaveLength(12);
  });

  it('list fifty arguments at most', () => {
    const rules = Array.from({ length: 51 }, (_, n) => rule([`a${n}`], 'must be set'));
    expect(brokenRules(rules).fields).toHaveLength(50);
  });
});
