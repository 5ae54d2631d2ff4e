import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import type { PathStatus } from '../failover/path-status.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import { statusRank } from './list-paths.ts';
import { pairOf, sitesOf } from './pair-of.ts';
import type { JudgedPath } from './path-health.ts';

/** Two sites that a path connects. */
export interface MatrixPair {
  /** The lower of the two ids. */
  source_site_id: string;
  destination_site_id: string;
  worst_status: PathStatus;
  /** The lowest settled score of their paths; null: none was measured recently. */
  worst_score: number | null;
  /** The number of paths. */
  paths: number;
  /** Bits a second over them in both directions; null: not known for any of them. */
  rate: number | null;
}

export interface MatrixPage {
  pairs: MatrixPair[];
  /** The number of pairs on all pages. */
  total: number;
  next_token: string | null;
}

const TOKEN_KIND = 'pathMatrix';
const SITE = /^[0-9a-f-]{36}$/;

/**
 * A page of the pairs of sites that paths connect, in the order of their ids. Pure.
 *
 * @throws ValidationError for a token of another list
 */
export function pathMatrix(
  paths: readonly JudgedPath[],
  {
    limit,
    next_token,
    rates = new Map(),
  }: { limit: number; next_token?: string | null | undefined; rates?: ReadonlyMap<string, number> },
): MatrixPage {
  const after = readPageToken(TOKEN_KIND, next_token, [SITE, SITE])?.join(' ') ?? '';
  const byPair = Map.groupBy(paths, ({ path }) => pairOf(path));
  const names = [...byPair.keys()].filter(name => name > after).sort();
  const shown = names.slice(0, limit);
  return {
    pairs: shown.map(name => pairFrom(byPair.get(name)!, rates)),
    total: byPair.size,
    next_token: names.length > limit ? makePageToken(TOKEN_KIND, shown.at(-1)!.split(' ')) : null,
  };
}

function pairFrom(paths: readonly JudgedPath[], rates: ReadonlyMap<string, number>): MatrixPair {
  const [source_site_id, destination_site_id] = sitesOf(paths[0]!.path);
  const scores = paths.flatMap(({ metrics }) => (metrics ? [settledScoreOf(metrics)] : []));
  const known = paths.flatMap(({ path }) => rates.get(path.id) ?? []);
  return {
    source_site_id,
    destination_site_id,
    worst_status: worstOf(paths)!,
    worst_score: scores.length === 0 ? null : Math.min(...scores),
    paths: paths.length,
    rate: known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0),
  };
}

/** The worst status of some paths; undefined without paths. */
export function worstOf(paths: readonly Pick<JudgedPath, 'status'>[]): PathStatus | undefined {
  return paths.map(({ status }) => status).sort((a, b) => statusRank(a) - statusRank(b))[0];
}
