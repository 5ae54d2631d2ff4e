import { describe, expect, it } from 'vitest';
import { costOfFailover } from '../../../web/pages/paths/cost-of-failover.ts';

const candidate = (path_id: string, cost_per_gb: number, kind = 'OPTIMAL') => ({
  ...{ path_id, cost_per_gb, class: kind, excluded: null },
});
const decision = (selected_path_id: string | null, ...candidates: ReturnType<typeof candidate>[]) => ({
  selected_path_id,
  candidates,
});

// 8 Gbit/s are 3,600 GB an hour.
const RATE = 8e9;

describe('the extra cost of an hour after a failover', () => {
  it.each([
    ['more', [decision('p', candidate('p', 0.01), candidate('q', 0.03))], 72, 72],
    ['less', [decision('p', candidate('p', 0.03), candidate('q', 0.01))], -72, -72],
    [
      "by each policy's next best path, as far as they are on it",
      [
        decision('p', candidate('p', 0.01), candidate('q', 0.02), candidate('r', 9)),
        decision('p', candidate('r', 5, 'OUT'), candidate('p', 0.01), candidate('r', 0.03)),
        decision('q', candidate('q', 7), candidate('r', 8)),
      ],
      36,
      72,
    ],
  ])('is %s', (_, decisions, lowest, highest) => {
    const cost = costOfFailover('p', RATE, decisions)!;
    expect(cost.lowest).toBeCloseTo(lowest, 9);
    expect(cost.highest).toBeCloseTo(highest, 9);
  });

  it.each([
    ['no rate is known', null, [decision('p', candidate('p', 1), candidate('q', 2))]],
    ['there is no other path', RATE, [decision('p', candidate('p', 1), candidate('q', 2, 'OUT'))]],
    ['no path has a price', RATE, [decision('p', candidate('p', 0), candidate('q', 0))]],
    ['no policy is on it', RATE, [decision('q', candidate('q', 1), candidate('p', 2))]],
  ])('is unknown if %s', (_, rate, decisions) => {
    expect(costOfFailover('p', rate, decisions)).toBeNull();
  });
});
