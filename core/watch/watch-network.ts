import type { AlarmKind } from '../alarms/alarm.ts';
import { keepTotal } from '../alarms/alarm-total.ts';
import { readAllAlarms } from '../alarms/read-alarms.ts';
import { removeEnded } from '../alarms/remove-ended.ts';
import { settleAlarms } from '../alarms/settle-alarms.ts';
import { publishEndedExports } from '../export/publish-ended-exports.ts';
import { readEdgesInService } from '../inventory/edges/read-edges.ts';
import { PATH_ALARM_KINDS } from '../routing/metrics/path-alarm.ts';
import { endStalePathAlarms } from '../routing/metrics/stale-path-alarms.ts';
import { QUARANTINE_KINDS, quarantineProblems } from './quarantine-problems.ts';
import { EDGE_KINDS, type WatchContext, watchEdges } from './watch-edges.ts';
import { beginThresholds, judgeThresholds, THRESHOLD_KINDS } from './watch-thresholds.ts';
import { WORK_KINDS, workProblems } from './work-problems.ts';

export interface WatchedNetwork {
  begun: number;
  ended: number;
  /** How many exports' ends were reported. */
  exports_told: number;
  /** Whether everything was read and written; otherwise the next run does the rest. */
  complete: boolean;
}

/**
 * A step of clean-up: begins alarms for new problems and ends those of solved ones. Ingest judges
 * paths, and begins and ends their alarms; this step ends alarms of paths that aren't measured any
 * more.
 */
export async function watchNetwork(context: WatchContext): Promise<WatchedNetwork> {
  const [stored, edges, watchedThresholds] = await Promise.all([
    readAllAlarms(context),
    readEdgesInService(context),
    beginThresholds(context),
  ]);
  const alarms = stored.filter(({ ended }) => !ended);
  await removeEnded(context, stored);
  const ofKinds = (kinds: readonly AlarmKind[]) => alarms.filter(({ kind }) => kinds.includes(kind));
  const settle = (open: readonly AlarmKind[], problems: Parameters<typeof settleAlarms>[1]['problems']) =>
    settleAlarms(context, { open: ofKinds(open), problems, job: 'cleanup' });
  const ids = new Set(edges.map(({ id }) => id));
  const settled = [
    await settle(WORK_KINDS, await workProblems(context)),
    await settle(QUARANTINE_KINDS, await quarantineProblems(context, ids)),
    await endStalePathAlarms(context, ofKinds(PATH_ALARM_KINDS)),
  ];
  const exports_told = await publishEndedExports(context);
  const watched = await watchEdges(context, {
    edges,
    open: ofKinds(EDGE_KINDS),
    onRead: group => watchedThresholds.figures.add(group),
  });
  const judged = await judgeThresholds(context, watchedThresholds, {
    open: ofKinds(THRESHOLD_KINDS),
    minute_ms: minuteOf(context.scheduled_at ?? context.clock()),
    complete: watched.complete,
  });
  const sum = (count: 'begun' | 'ended' | 'left') =>
    [...settled, watched, judged].reduce((total, each) => total + each[count], 0);
  const complete = watched.complete && sum('left') === 0;
  // Ingest or another run may have changed the alarms meanwhile; the next run counts again.
  await keepTotal(context, alarms.length + sum('begun') - sum('ended'));
  return { begun: sum('begun'), ended: sum('ended'), exports_told, complete };
}

const MINUTE_MS = 60_000;

const minuteOf = (at_ms: number): number => Math.floor(at_ms / MINUTE_MS) * MINUTE_MS;
