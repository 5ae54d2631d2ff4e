import { describe, expect, it } from 'vitest';
import { checkLaneSize, LANE_LIMITS } from '../../../core/ledger/lane/check-lane-size.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';

const sizes = (pairs: number, paths = 0) => ({ pairs: { size: pairs }, paths: { size: paths } });
const { pairs, paths } = LANE_LIMITS;

describe('the size of a lane', () => {
  it.each([
    ['up to the limit', sizes(pairs - 1, paths - 1), sizes(pairs, paths)],
    ['beyond the limit without growing', sizes(pairs + 5, paths + 5), sizes(pairs + 5, paths + 5)],
    ['beyond the limit while shrinking', sizes(pairs + 5), sizes(pairs + 4)],
  ])('is accepted %s', (_, before, after) => {
    expect(() => checkLaneSize(before, after)).not.toThrow();
  });

  it.each([
    [`${pairs + 1} pairs; at most 50000 are kept`, sizes(pairs), sizes(pairs + 1)],
    [`${paths + 1} paths; at most 10000 are kept`, sizes(1, paths), sizes(1, paths + 1)],
  ])('is rejected with %s', (detail, before, after) => {
    expect(() => checkLaneSize(before, after)).toThrow(new ReportRejected('too_many_pairs', detail));
  });
});
