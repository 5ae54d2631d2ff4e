import { describe, expect, it } from 'vitest';
import { around, instantOf, writtenInstant } from '../../../web/pages/changes/instant.ts';
import { trafficSentence } from '../../../web/pages/changes/ranked-words.ts';

const NOON = Date.parse('2026-01-31T12:00:00Z');

describe('a typed instant', () => {
  it.each([
    ['2026-01-31 12:00', NOON],
    [' 2026-01-31T12:00Z ', NOON],
    ['2026-01-31 12:00:07', NOON + 7000],
    ['2026-02-30 12:00', undefined],
    ['2026-01-31 25:00', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ])('%j is %s', (text, at) => {
    expect(instantOf(text)).toBe(at);
  });

  it.each([NOON, NOON + 7000])('is written in the form in which it is read', at => {
    expect(instantOf(writtenInstant(at))).toBe(at);
  });
});

it('surrounds an instant by a quarter of an hour on both sides, without the future', () => {
  const at = new Date(NOON).toISOString();
  expect(around(at, NOON + 3_600_000)).toEqual({ from: NOON - 900_000, to: NOON + 900_000 });
  expect(around(at, NOON + 60_000)).toEqual({ from: NOON - 900_000, to: NOON + 60_000 });
});

it.each([
  [1, 2, 'Policy Voice carries more traffic'],
  [2, 1, 'Policy Voice carries less traffic'],
  [0, 1, 'Policy Voice started to carry traffic'],
  [1, 0, 'Policy Voice no longer carries traffic'],
  [null, 1, 'Policy Voice: the change in traffic is not known'],
])('describes traffic that was %s and is %s bit/s: %s', (before, after, sentence) => {
  expect(trafficSentence({ kind: 'POLICY_TRAFFIC', name: 'Voice', before, after })).toBe(sentence);
});
