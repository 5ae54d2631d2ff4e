import type { PairTotals } from './pair-totals.ts';
import { isSent, NO_PATH, pathOfSlot } from './path-match.ts';

export const PATH_COUNTS = ['tx_packets', 'tx_bytes', 'rx_packets', 'rx_bytes'] as const;
export type PathCounts = Record<(typeof PATH_COUNTS)[number], bigint>;

export function noPathCounts(): PathCounts {
  return { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
}

/** What pairs have counted of each path since boot, by path id. `paths` are the ids by path index. */
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
