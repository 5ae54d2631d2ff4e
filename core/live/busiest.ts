import type { LiveFigure } from './figure.ts';

/**
 * The ids of the items with the most traffic now, in descending order; those without a known rate
 * follow, by their total traffic.
 */
export function busiest(items: readonly LiveFigure[], most: number): string[] {
  return items
    .toSorted(byLoad)
    .slice(0, most)
    .map(({ id }) => id);
}

function byLoad(a: LiveFigure, b: LiveFigure): number {
  const rates = (b.rate?.bits_per_second ?? -1) - (a.rate?.bits_per_second ?? -1);
  if (rates !== 0) return rates;
  const bytes = BigInt(b.bytes_exact ?? 0) - BigInt(a.bytes_exact ?? 0);
  if (bytes !== 0n) return bytes > 0n ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
