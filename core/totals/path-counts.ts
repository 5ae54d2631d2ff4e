import type { PairTotals } from './pair-totals.ts';
import { isSent, NO_PATH, pathOfSlot } from './path-match.ts';

export const PATH_COUNTS = ['tx_packets', 'tx_bytes', 'rx_packets', 'rx_bytes'] as const;
export type PathCounts = Record<(typeof PATH_COUNTS)[number], bigint>;

export function noPathCounts(): PathCounts {
  return { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
}

/** The counts of an object that may have other fields. */
export function pathCounts({ tx_packets, tx_bytes, rx_packets, rx_bytes }: PathCounts): PathCounts {
  return { tx_packets, tx_bytes, rx_packets, rx_bytes };
}

export function addPathCounts(a: PathCounts, b: PathCounts): PathCounts {
  const sum = noPathCounts();
  for (const count of PATH_COUNTS) sum[count] = a[count] + b[count];
  return sum;
}

export function subtractPathCounts(a: PathCounts, b: PathCounts): PathCounts {
  const difference = noPathCounts();
  for (const count of PATH_COUNTS) difference[count] = a[count] - b[count];
  return difference;
}

/** Whether any count of `a` is below that of `b`. */
export function isBelow(a: PathCounts, b: PathCounts): boolean {
  return PATH_COUNTS.some(count => a[count] < b[count]);
}

/** The counts of each path since boot, by path id. `paths` are the ids by path index. */
export function pathCountsOf(totals: PairTotals, paths: readonly string[]): Map<string, PathCounts> {
  const counts = new Map<string, PathCounts>();
  for (const [pair, { path: slot }] of totals.pairs.entries()) {
    if (slot === NO_PATH) continue;
    const path_id = paths[pathOfSlot(slot)]!;
    const sum = counts.get(path_id) ?? noPathCounts();
    const [packets, bytes] = isSent(slot)
      ? (['tx_packets', 'tx_bytes'] as const)
      : (['rx_packets', 'rx_bytes'] as const);
    sum[packets] += totals.packets(pair);
    sum[bytes] += totals.bytes(pair);
    counts.set(path_id, sum);
  }
  return counts;
}
