import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import { PATH_STATUSES, type PathStatus } from '../failover/path-status.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import type { JudgedPath } from './path-health.ts';

export const PATH_ORDERS = ['WORST_FIRST', 'ID', 'TRAFFIC'] as const;

export type PathOrder = (typeof PATH_ORDERS)[number];

export interface PathListQuery {
  status?: PathStatus | null | undefined;
  order_by: PathOrder;
  limit: number;
  next_token?: string | null | undefined;
  /**
   * Bits a second over each path in both directions, by path id; paths with no known rate are not
   * in it.
   */
  rates?: ReadonlyMap<string, number>;
}

export interface PathPage<P extends JudgedPath> {
  items: P[];
  /** How many there are on all pages. */
  total: number;
  /**
   * The number of paths of each status, regardless of the `status` that is asked for, in order of
   * urgency. Statuses without paths are left out.
   */
  by_status: { status: PathStatus; count: number }[];
  next_token: string | null;
}

const TOKEN_KIND = 'allPaths';

/**
 * A page of these paths in the given order. Their places may change between two pages: a path that
 * gets better meanwhile may be in both, one that gets worse may be in neither. Pure.
 *
 * @throws ValidationError for a token of another list or order
 */
export function listPathsInOrder<P extends JudgedPath>(
  paths: readonly P[],
  { status, order_by, limit, next_token, rates = new Map() }: PathListQuery,
): PathPage<P> {
  const shape = [new RegExp(`^${order_by}$`), /^-?[0-9.e+-]{1,30}$/, /^[0-9a-f.-]{1,80}$/];
  const after = readPageToken(TOKEN_KIND, next_token, shape);
  const placed = paths
    .filter(path => !status || path.status === status)
    .map(judged => ({ judged, place: placeOf(judged, { order_by, rates }), id: judged.path.id }))
    .sort(byPlace);
  const behind = after && { place: Number(after[1]), id: after[2]! };
  const rest = behind ? placed.filter(one => byPlace(one, behind) > 0) : placed;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ judged }) => judged),
    total: placed.length,
    by_status: countByStatus(paths),
    next_token:
      last && rest.length > limit ? makePageToken(TOKEN_KIND, [order_by, String(last.place), last.id]) : null,
  };
}

/** The number of paths of each status, in order of urgency, without statuses that no path has. */
export function countByStatus(paths: readonly JudgedPath[]): PathPage<JudgedPath>['by_status'] {
  const counts = new Map<PathStatus, number>();
  for (const { status } of paths) counts.set(status, (counts.get(status) ?? 0) + 1);
  return PATH_STATUSES.flatMap(status => {
    const count = counts.get(status);
    return count === undefined ? [] : [{ status, count }];
  });
}

/** The worse of two statuses has the lower number. */
export const statusRank = (status: PathStatus): number => PATH_STATUSES.indexOf(status);

/** Above every score. */
const RANK_WIDTH = 1000;

function placeOf(
  { path, status, metrics }: JudgedPath,
  { order_by, rates }: { order_by: PathOrder; rates: ReadonlyMap<string, number> },
): number {
  if (order_by === 'ID') return 0;
  if (order_by === 'TRAFFIC') return -(rates.get(path.id) ?? -1);
  return statusRank(status) * RANK_WIDTH + (metrics ? settledScoreOf(metrics) : 0);
}

interface Placed {
  place: number;
  id: string;
}

function byPlace(a: Placed, b: Placed): number {
  if (a.place !== b.place) return a.place - b.place;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
