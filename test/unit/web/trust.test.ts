import { describe, expect, it } from 'vitest';
import {
  boundsOfInterval,
  intervalAt,
  intervalTrust,
  lastRead,
  totalAt,
  trustWords,
} from '../../../web/parts/chart/readout.ts';
import { resetsAt, stack, trustBands } from '../../../web/parts/chart/trust.ts';

const at = [60, 120, 180, 240, 300];
const none = at.map(() => false);
const whole = { from: 0, at, completeness: at.map(() => 1), gaps: none, resets: none };

describe('trust bands', () => {
  it('are absent if everything is complete, or if completeness is unknown', () => {
    expect(trustBands(whole)).toEqual([]);
    expect(trustBands({ ...whole, completeness: at.map(() => null) })).toEqual([]);
  });

  it('join neighbours of the same share only', () => {
    expect(trustBands({ ...whole, completeness: [1, 0.5, 0.5, 0.75, 1] })).toEqual([
      { kind: 'incomplete', from: 60, to: 180, share: 0.5 },
      { kind: 'incomplete', from: 180, to: 240, share: 0.75 },
    ]);
    expect(trustBands({ ...whole, completeness: [0.5, 1, 0.5, 1, 1] })).toEqual([
      { kind: 'incomplete', from: 0, to: 60, share: 0.5 },
      { kind: 'incomplete', from: 120, to: 180, share: 0.5 },
    ]);
  });

  it('show a gap as a gap, whatever its completeness', () => {
    const gaps = [false, true, true, false, false];
    expect(trustBands({ ...whole, completeness: [1, 0.5, 1, 1, 1], gaps })).toEqual([
      { kind: 'gap', from: 60, to: 180, share: null },
    ]);
  });

  it('start resets where their intervals begin', () => {
    expect(resetsAt({ ...whole, resets: [true, false, true, false, false] })).toEqual([0, 120]);
  });
});

describe('the trust of an interval', () => {
  it.each([
    [{}, 'Complete'],
    [{ completeness: [0.75] }, '75% of the edges heard'],
    [{ completeness: [null] }, '–'],
    [{ completeness: [0.5], gaps: [true] }, 'No measurement'],
    [{ resets: [true] }, 'Counters reset'],
    [{ gaps: [true], resets: [true] }, 'No measurement, counters reset'],
  ])('%j is "%s"', (given, words) => {
    expect(intervalTrust({ ...whole, ...given }, 0)).toBe(words);
  });
});

describe('stacked values', () => {
  it('add up; a missing value adds nothing, and a column without values is empty', () => {
    expect(
      stack([
        [1, null, null],
        [2, 3, null],
        [4, null, null],
      ]),
    ).toEqual([
      [1, null, null],
      [3, 3, null],
      [7, 3, null],
    ]);
  });
});

describe('reading values from a chart', () => {
  it.each([
    [-1, undefined],
    [0, 0],
    [60, 0],
    [61, 1],
    [300, 4],
    [301, undefined],
  ])('%i s lies in interval %o', (seconds, index) => {
    expect(intervalAt(whole, seconds)).toBe(index);
  });

  it('begins the first interval at the start of the range', () => {
    expect(boundsOfInterval({ ...whole, from: 30 }, 0)).toEqual([30, 60]);
    expect(boundsOfInterval(whole, 2)).toEqual([120, 180]);
  });

  it('uses the last interval with a reading', () => {
    expect(lastRead({ ...whole, gaps: [true, false, false, true, true] })).toBe(2);
    expect(lastRead({ ...whole, gaps: at.map(() => true) })).toBe(4);
  });

  it('sums up the known values, and is null without any', () => {
    const columns = [
      [1, null, null],
      [2, 5, null],
    ];
    expect([0, 1, 2].map(index => totalAt(columns, index))).toEqual([3, 5, null]);
  });

  it('never calls an incomplete interval complete', () => {
    const share = (heard: number) => ({ ...whole, completeness: at.map(() => heard) });
    expect(trustWords(whole, 0)).toBeUndefined();
    expect(trustWords(share(0.9999), 0)).toBe('>99.9% of the edges heard');
    expect(trustWords({ ...share(0.5), resets: at.map(() => true) }, 0)).toBe(
      '50% of the edges heard, counters reset',
    );
    expect(trustWords({ ...whole, gaps: at.map(() => true) }, 0)).toBe('No measurement');
  });
});
