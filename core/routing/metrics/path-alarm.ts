import type { Problem } from '../../alarms/alarm.ts';
import { sourceSiteOf } from '../../inventory/model/path-id.ts';
import { timestamp } from '../../storage/store-context.ts';
import { healthStatus } from '../health/health-score.ts';

/** What is said of a path's health: nothing while it is good. */
export type PathAlarmKind = 'PATH_FAILED' | 'PATH_DEGRADED';

/** The alarm that a path with this settled score has; undefined: none. */
export function pathAlarmKind(settled_score: number): PathAlarmKind | undefined {
  const status = healthStatus(settled_score);
  if (status === 'optimal') return undefined;
  return status === 'degraded' ? 'PATH_DEGRADED' : 'PATH_FAILED';
}

const TITLES: Record<PathAlarmKind, string> = {
  PATH_FAILED: 'has failed',
  PATH_DEGRADED: 'is degraded',
};

/** One alarm a path, whichever kind. */
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
