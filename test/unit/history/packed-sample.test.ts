import { describe, expect, it } from 'vitest';
import {
  packMark,
  packSample,
  UnreadableSample,
  unpackMark,
  unpackSample,
} from '../../../core/history/packed-sample.ts';

const sample = { at: 60_000, taken_at: 60_400, packets: 2n ** 63n, bytes: 2n ** 64n, active_flows: 7 };
const peak = { packets_per_second: 1.5, bits_per_second: 1e21, active_flows: 9 };
const mark = {
  at: 60_000,
  taken_at: 60_400,
  minute: 60_000,
  edges_expected: 3,
  edges_heard: 2,
  lanes: 4,
  bad_lanes: 1,
};

describe('a packed sample', () => {
  it.each([[sample], [{ ...sample, peak }]])('%# reads back unchanged', each => {
    expect(unpackSample(packSample(each))).toEqual(each);
  });

  it.each([[undefined], [5], ['1 2 3 4'], ['1 2 3 4 x'], ['1 2 3.5 4 5']])('%j is unreadable', packed => {
    expect(() => unpackSample(packed)).toThrow(UnreadableSample);
  });
});

describe('a packed mark', () => {
  it('reads back unchanged, also with figures that a later release appends', () => {
    expect([unpackMark(packMark(mark)), unpackMark(`${packMark(mark)} 12`)]).toEqual([mark, mark]);
  });

  it('names its groups and the readings of late groups', () => {
    const late = [
      { index: 3, minute: 0, taken_at: 400 },
      { index: 15, minute: -60_000, taken_at: -59_600 },
    ];
    for (const groups of [
      { of: 16, late },
      { of: 2, late: [] },
    ]) {
      expect(unpackMark(`${packMark({ ...mark, groups })} 12`)).toEqual({ ...mark, groups });
    }
  });

  it('of a release without groups is read as one group', () => {
    expect(unpackMark('60000 60400 60000 3 2 4 1')).toEqual(mark);
  });

  it.each([[undefined], ['1 2 3 4 5 6'], ['1 2 3 4 5 6 x']])('%j is unreadable', packed => {
    expect(() => unpackMark(packed)).toThrow(UnreadableSample);
  });
});
