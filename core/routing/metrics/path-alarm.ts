import { z } from 'zod';
import type { Problem } from '../../alarms/alarm.ts';
import { sourceSiteOf } from '../../inventory/model/path-id.ts';
import { timestamp } from '../../storage/store-context.ts';
import { healthStatus } from '../health/health-score.ts';

/** The kinds of alarms of a path, the most severe first. A path in good health has none. */
export const PATH_ALARM_KINDS = ['PATH_FAILED', 'PATH_DEGRADED'] as const;

export type PathAlarmKind = (typeof PATH_ALARM_KINDS)[number];

/** Since when a path is no longer so bad, ms since the Unix epoch; without one: it is. */
const betterSinceSchema = z.partialRecord(z.enum(PATH_ALARM_KINDS), z.number());

/** The alarm of a path, as its last measurement left it. */
export const pathAlarmStateSchema = z.object({
  /** Absent: it has none; earlier releases had no alarms of paths. */
  alarm: z.enum(PATH_ALARM_KINDS).optional(),
  better_since: betterSinceSchema.optional(),
});

export type PathAlarmState = z.output<typeof pathAlarmStateSchema>;

/**
 * A path must be better for this long before its alarm ends or becomes less severe. Without that, a
 * path that loses a packet now and then would begin and end an alarm every minute.
 */
const BETTER_FOR_MS = 300_000;

/**
 * The alarm of a path after a measurement with this settled score. It begins, or becomes more
 * severe, at once. Pure.
 */
export function alarmAfter(
  { alarm, better_since = {} }: PathAlarmState,
  { settled_score, at_ms }: { settled_score: number; at_ms: number },
): PathAlarmState {
  const is = severity(kindOf(settled_score));
  const since: PathAlarmState['better_since'] = {};
  for (const kind of PATH_ALARM_KINDS) {
    if (is < severity(kind)) since[kind] = better_since[kind] ?? at_ms;
  }
  const holds = (kind: PathAlarmKind) =>
    is >= severity(kind) || (severity(alarm) >= severity(kind) && at_ms - since[kind]! < BETTER_FOR_MS);
  const after = PATH_ALARM_KINDS.find(holds);
  return after ? { alarm: after, better_since: since } : {};
}

/** 0: no alarm. */
const severity = (kind: PathAlarmKind | undefined) =>
  kind ? PATH_ALARM_KINDS.length - PATH_ALARM_KINDS.indexOf(kind) : 0;

function kindOf(settled_score: number): PathAlarmKind | undefined {
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
