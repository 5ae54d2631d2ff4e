import type { Problem } from '../../alarms/alarm.ts';
import { sourceSiteOf } from '../../inventory/model/path-id.ts';
import { timestamp } from '../../storage/store-context.ts';
import { healthStatus } from '../health/health-score.ts';

/** The kinds of alarms of a path. A path in good health has none. */
export type PathAlarmKind = 'PATH_FAILED' | 'PATH_DEGRADED';

/** The kind of alarm of a path with this settled score; undefined: none. */
export function pathAlarmKind(settled_score: number): PathAlarmKind | undefined {
  const status = healthStatus(settled_score);
  if (status === 'optimal') return undefined;
  return status === 'degraded' ? 'PATH_DEGRADED' : 'PATH_FAILED';
}

const TITLES: Record<PathAlarmKind, string> = {
  PATH_FAILED: 'has failed',
  PATH_DEGRADED: 'is degraded',
};

/** The problem for a path's alarm. The id doesn't depend on the kind, so a path has one alarm. */
export function pathProblem(path_id: string, kind: PathAlarmKind, since_ms: number): Problem {
  return {
    id: `PATH#${path_id}`,
    kind,
    since: timestamp(since_ms),
    target: `path:${path_id}`,
    site_id: sourceSiteOf(path_id),
    title: `Path ${path_id} ${TITLES[kind]}.`,
  };
}
