import { stateEventAction } from '../events/state-event.ts';
import { conditionOf, updateItem } from '../storage/item-update.ts';
import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { type Alarm, alarmItem, alarmKey, type Problem } from './alarm.ts';
import { ALARM_ROWS } from './alarm-rows.ts';

/**
 * When a change of alarms is written, milliseconds, and by which function. The try must end within
 * a minute.
 */
export interface Noticed {
  at_ms: number;
  job: string;
}

/** The actions that begin an alarm, with its event, on condition that it doesn't exist. */
export function beginAlarm(tables: TableNames, problem: Problem, noticed: Noticed): WriteAction[] {
  const isNew = conditionOf({
    expression: 'attribute_not_exists(#pk) OR #ended = :ended',
    values: { ended: true },
  });
  return [{ Put: { ...putOf(tables, problem), ...isNew } }, beginEvent(tables, problem, noticed)];
}

/** The condition that an alarm is the same one and has not ended. */
export const isStill = ({ since }: Alarm) => ({
  expression: '#since = :since AND #ended = :ended',
  values: { since, ended: false },
});

/** The event at the end of an alarm. */
export interface Ending {
  type: string;
  title: string;
}

/**
 * The actions that end an alarm, with its event, on condition that it is still the same. `ending`:
 * the event, if the alarm doesn't end because its problem is solved.
 */
export function endAlarm(
  tables: TableNames,
  alarm: Alarm,
  { ending, ...noticed }: Noticed & { ending?: Ending | undefined },
): WriteAction[] {
  const end = updateItem({
    table: tables.traffic,
    key: alarmKey(alarm.id),
    set: { ended: true },
    condition: isStill(alarm),
  });
  return [{ Update: end }, endEvent(tables, alarm, noticed, ending)];
}

/**
 * The actions that replace an alarm by another one with the same id, without a condition on the
 * stored one: for a transaction that is conditional on the state from which alarms follow.
 * `undefined` is no alarm.
 */
export function replaceAlarm(
  tables: TableNames,
  { before, after }: { before: Problem | undefined; after: Problem | undefined },
  noticed: Noticed,
): WriteAction[] {
  if (after) return [{ Put: putOf(tables, after) }, beginEvent(tables, after, noticed)];
  if (!before) return [];
  return [{ Put: putOf(tables, before, { ended: true }) }, endEvent(tables, before, noticed)];
}

function putOf({ traffic }: TableNames, problem: Problem, is: { ended?: boolean } = {}) {
  return { TableName: traffic, Item: alarmItem({ ...problem, acknowledged: null }, is) };
}

function beginEvent(tables: TableNames, problem: Problem, { at_ms, job }: Noticed): WriteAction {
  const { kind, title, target, site_id, id, since } = problem;
  const { begins: type } = ALARM_ROWS[kind];
  return stateEventAction(tables, at_ms, {
    type,
    title,
    target,
    site_id,
    data: { alarm_id: id, since },
    job,
  });
}

function endEvent(
  tables: TableNames,
  { kind, target, site_id, id, since }: Problem,
  { at_ms, job }: Noticed,
  ending?: Ending,
): WriteAction {
  const { ends, ended } = ALARM_ROWS[kind];
  const { type, title } = ending ?? { type: ends, title: ended(thingOf(target)) };
  return stateEventAction(tables, at_ms, {
    type,
    title,
    target,
    site_id,
    data: { alarm_id: id, since },
    job,
  });
}

/** @example thingOf('edge:edge-7') // 'Edge edge-7' */
export function thingOf(target: string): string {
  const [kind = '', name = ''] = target.split(/:(.*)/s);
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`;
}
