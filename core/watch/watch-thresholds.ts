import type { Alarm, AlarmKind, Problem } from '../alarms/alarm.ts';
import { readSettings } from '../alarms/settings/read-settings.ts';
import { type SettledAlarms, settleAlarms } from '../alarms/settle-alarms.ts';
import { isRaised, judgeThreshold } from '../alarms/thresholds/judge-threshold.ts';
import { conditionText, THRESHOLD, type Threshold, targetOf } from '../alarms/thresholds/threshold.ts';
import { keepStates, readStates, type ThresholdStates } from '../alarms/thresholds/threshold-states.ts';
import { sourceSiteOf } from '../inventory/model/path-id.ts';
import { readPathTraffic } from '../routing/metrics/path-rates.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { ThresholdFigures } from './threshold-figures.ts';

export const THRESHOLD_KINDS: readonly AlarmKind[] = ['THRESHOLD'];

/** The thresholds of a minute, and the figures that the run collects for them. */
export interface WatchedThresholds {
  thresholds: readonly Threshold[];
  figures: ThresholdFigures;
}

/** Reads thresholds before the lanes, so that the reading of the lanes collects their figures. */
export async function beginThresholds(context: StoreContext): Promise<WatchedThresholds> {
  const thresholds = await readSettings(context, THRESHOLD);
  return { thresholds, figures: new ThresholdFigures(thresholds) };
}

/**
 * Judges every threshold for a minute, once even when several runs do it, and begins and ends their
 * alarms. When a run is interrupted after the judgement, the next one completes it: the states
 * define the alarms.
 *
 * @param open the alarms of {@link THRESHOLD_KINDS}
 * @param complete whether every lane was read
 */
export async function judgeThresholds(
  context: StoreContext,
  { thresholds, figures }: WatchedThresholds,
  { open, minute_ms, complete }: { open: readonly Alarm[]; minute_ms: number; complete: boolean },
): Promise<SettledAlarms> {
  const before = await readStates(context);
  if (!before && thresholds.length === 0) return { begun: 0, ended: 0, left: 0 };
  const byId = new Map(thresholds.map(threshold => [threshold.id, threshold]));
  const kept = before ? problemsOf(byId, before) : [];
  const settled = await settle(context, { open, problems: kept, byId });
  if (before && before.minute_ms >= minute_ms) return settled;
  if (settled.left > 0) return settled;
  figures.path_rates = await readPathRates(context, { thresholds, figures });
  const now_ms = context.clock();
  const states = new Map(
    thresholds.map(threshold => {
      const figure = figures.of(threshold, { complete, now_ms });
      const state = judgeThreshold(threshold, before?.states.get(threshold.id), { figure, minute_ms });
      return [threshold.id, state] as const;
    }),
  );
  const after = { minute_ms, states };
  if (!(await keepStates(context, before, after))) return settled;
  const begunBefore = kept.map(problem => ({ ...problem, acknowledged: null }));
  const more = await settle(context, { open: begunBefore, problems: problemsOf(byId, after), byId });
  return { begun: settled.begun + more.begun, ended: settled.ended + more.ended, left: more.left };
}

/** The problems by the states of a minute. */
function problemsOf(thresholds: ReadonlyMap<string, Threshold>, { states }: ThresholdStates): Problem[] {
  return Array.from(states).flatMap(([id, state]) => {
    const threshold = thresholds.get(id);
    if (!threshold || threshold.updated_at !== state.revision || !isRaised(threshold, state)) return [];
    return [problemOf(threshold, state.since_ms ?? 0)];
  });
}

function problemOf(threshold: Threshold, since_ms: number): Problem {
  const { id, name, scope, target_id, minutes } = threshold;
  const time = minutes === 1 ? '' : ` for ${minutes} minutes`;
  return {
    id: `THRESHOLD#${id}`,
    kind: 'THRESHOLD',
    since: timestamp(since_ms),
    target: targetOf(threshold),
    site_id: scope === 'SITE' ? target_id : null,
    title: `${name}: ${conditionText(threshold)}${time}.`,
  };
}

async function settle(
  context: StoreContext,
  {
    open,
    problems,
    byId,
  }: { open: readonly Alarm[]; problems: readonly Problem[]; byId: ReadonlyMap<string, Threshold> },
): Promise<SettledAlarms> {
  const since = new Map(problems.map(problem => [problem.id, problem.since]));
  const isWanted = (alarm: Alarm) => since.get(alarm.id) === alarm.since;
  const common = { job: 'cleanup', endingOf: (alarm: Alarm) => endingOf(alarm, byId) };
  // An alarm from before a change of its threshold ends, even if the figure exceeds the new value.
  const old = open.filter(alarm => !isWanted(alarm));
  const ended = await settleAlarms(context, { ...common, open: old, problems: [] });
  const begun = await settleAlarms(context, { ...common, open: open.filter(isWanted), problems });
  return { begun: begun.begun, ended: ended.ended, left: begun.left + ended.left };
}

function endingOf({ id, title }: Alarm, thresholds: ReadonlyMap<string, Threshold>) {
  if (thresholds.has(id.slice('THRESHOLD#'.length))) return undefined;
  return { type: 'ALARM_ENDED', title: `${title} Its threshold was removed.` };
}

/** The traffic of paths that thresholds need: two small reads a lane that reports one. */
async function readPathRates(context: StoreContext, { thresholds, figures }: WatchedThresholds) {
  const ids = thresholds.flatMap(({ scope, metric, target_id }) =>
    scope === 'PATH' && metric.endsWith('BITS_PER_SECOND') ? [target_id] : [],
  );
  if (ids.length === 0) return new Map();
  const paths = [...new Set(ids)].map(id => ({ id, source_site_id: sourceSiteOf(id) }));
  const traffic = await readPathTraffic(context, { paths, told_by: figures.laneOfPaths() });
  return new Map(Array.from(traffic).flatMap(([id, { rate }]) => (rate ? [[id, rate] as const] : [])));
}
