import type { PathReport } from '../../report/report.ts';
import { noPathCounts, PATH_COUNTS, type PathCounts } from '../../totals/path-counts.ts';
import type { Boot } from './boot.ts';
import { type Lane, pathOf } from './lane.ts';

/**
 * Path totals of the current boot. A path that was taken down and set up again begins at 0 within a boot: then what it had
 * becomes earlier. (Policy totals come from the recorder, which never does that; a report where they fall is refused.)
 */
export function addPathsOfCurrentBoot(lane: Lane, reports: readonly PathReport[]): void {
  for (const report of reports) {
    const path = pathOf(lane, report.path_id);
    if (wentDown(path.current, report)) path.earlier = addPathCounts(path.earlier, path.current);
    path.current = countsOf(report);
  }
}

/** Path totals of a boot that is not current: the difference goes to the earlier sum. */
export function addPathsOfEarlierBoot(lane: Lane, boot: Boot, reports: readonly PathReport[]): void {
  for (const report of reports) {
    const path = pathOf(lane, report.path_id);
    const before = boot.paths.get(report.path_id);
    const counts = countsOf(report);
    const restarted = before === undefined || wentDown(before, report);
    const more = restarted ? counts : subtractPathCounts(counts, before);
    path.earlier = addPathCounts(path.earlier, more);
    boot.paths.set(report.path_id, counts);
  }
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

function wentDown(before: PathCounts, now: PathCounts): boolean {
  return PATH_COUNTS.some(count => now[count] < before[count]);
}

function countsOf({ tx_packets, tx_bytes, rx_packets, rx_bytes }: PathReport): PathCounts {
  return { tx_packets, tx_bytes, rx_packets, rx_bytes };
}
