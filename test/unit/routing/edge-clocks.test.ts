import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placedAt } from '../../../core/ledger/lane/clock-skew.ts';
import { EdgeClocks } from '../../../core/routing/metrics/edge-clocks.ts';

const edge = { edge_id: 'edge-1', part: 0 };

describe('the clock of an edge', () => {
  it.each<[string, [sent_at_ms: number, arrived_at_ms: number][], number[]]>([
    ['that is right', [[1000, 1010]], [-10]],
    ['that is ahead', [[31_000, 1000]], [30_000]],
    [
      'is measured by the fastest of the last three reports',
      [
        [1000, 1010],
        [2000, 62_000],
        [3000, 62_000],
        [63_000, 63_005],
      ],
      [-10, -10, -10, -5],
    ],
    [
      'that is set back is recognized after three reports',
      [
        [1000, 1000],
        [-299_000, 2000],
        [-298_000, 3000],
        [-297_000, 4000],
      ],
      [0, 0, 0, -301_000],
    ],
    [
      'that is set forward is recognized at once',
      [
        [1000, 1000],
        [302_000, 2000],
      ],
      [0, 300_000],
    ],
  ])('%s', (_name, reports, skews) => {
    const clocks = new EdgeClocks();
    const seen = reports.map(([sent_at_ms, arrived_at_ms]) =>
      clocks.skewOf(edge, { sent_at_ms, arrived_at_ms }),
    );
    expect(seen).toEqual(skews);
  });

  it('is separate for each edge and part', () => {
    const clocks = new EdgeClocks();
    clocks.skewOf(edge, { sent_at_ms: 9000, arrived_at_ms: 1000 });
    const other = { sent_at_ms: 1000, arrived_at_ms: 1000 };
    expect(clocks.skewOf({ edge_id: 'edge-2', part: 0 }, other)).toBe(0);
    expect(clocks.skewOf({ edge_id: 'edge-1', part: 1 }, other)).toBe(0);
  });

  it('moves no measurement, whatever it shows, if at most two reports in a row are late', () => {
    const minute = 60_000;
    const delays = fc.array(fc.constantFrom(0, 0, 0, 30_000, 600_000), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(delays, fc.integer({ min: -1e7, max: 1e7 }), (late, skew) => {
        const clocks = new EdgeClocks();
        late.forEach((delay, number) => {
          const measured = number * minute;
          const sent = measured + 5000;
          const arrived_at_ms = sent + delay;
          const skew_ms = clocks.skewOf(edge, { sent_at_ms: sent + skew, arrived_at_ms });
          const at = placedAt({ measured_at_ms: measured + skew, arrived_at_ms, skew_ms });
          expect(at).toBeLessThanOrEqual(arrived_at_ms);
          const oneInTime = late.slice(Math.max(0, number - 2), number + 1).includes(0);
          if (oneInTime) expect(at).toBe(measured);
        });
      }),
    );
  });
});
