import { ReportRejected } from '../../report/rejection.ts';
import type { Lane } from './lane.ts';

/**
 * Pairs and paths that one part of an edge may have over its life. An edge with 20 new policies a
 * day reaches the limit in seven years.
 */
export const LANE_LIMITS = { pairs: 50_000, paths: 10_000 } as const;

type Sizes = { readonly [List in keyof typeof LANE_LIMITS]: Pick<Lane[List], 'size'> };

/**
 * Limits the pairs and paths of a lane, which are kept for good. A lane that is beyond a limit
 * already is accepted as long as it doesn't grow.
 *
 * @throws ReportRejected when a report adds a pair or a path beyond the limits
 */
export function checkLaneSize(before: Sizes, after: Sizes): void {
  for (const list of ['pairs', 'paths'] as const) {
    const { size } = after[list];
    if (size > LANE_LIMITS[list] && size > before[list].size) {
      throw new ReportRejected('too_many_pairs', `${size} ${list}; at most ${LANE_LIMITS[list]} are kept`);
    }
  }
}
