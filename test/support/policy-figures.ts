import type { LiveFigure } from '../../core/live/figure.ts';

/** Figures of this number of busy policies, by their ids. */
export function policyFigures(count: number): LiveFigure[] {
  const rate = { bits_per_second: 123_456_789, packets_per_second: 12_345.678, from: null, to: null };
  return Array.from({ length: count }, (_, index) => ({
    id: `p-01kg9ys7g1m6hc0s699g${String(index).padStart(5, '0')}`,
    name: `Policy ${index} of a branch`,
    packets_exact: String(2 ** 50 + index),
    bytes_exact: '9007199254740993',
    active_flows: 1000,
    rate,
  }));
}
