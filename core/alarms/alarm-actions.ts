import { stateEventAction } from '../events/state-event.ts';
import { conditionOf, updateItem } from '../storage/item-update.ts';
import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { type Alarm, alarmItem, alarmKey, type Problem } from './alarm.ts';
import { ALARM_ROWS } from './alarm-rows.ts';

/**
 * When a change of alarms is written, milliseconds, and by which function. Its try lasts a minute
 * at most.
 */
export interface Noticed {
  at_ms: number;
  job: string;
}

/** Begins an alarm, with its event, unless it is there. */
export function beginAlarm(tables: TableNames, problem: Problem, noticed: Noticed): WriteAction[] {
  const isNew = conditionOf({
    expression: 'attribute_not_exists(#pk) OR #ended = :ended',
    values: { ended: true },
  });
  return [{ Put: { ...putOf(tables, problem), ...isNew } }, beginEvent(tables, problem, noticed)];
}

/** Holds while an alarm is the same, and not over. */
export const isStill = ({ since }: Alarm) => ({
  expression: '#since = :since AND #ended = :ended',
  values: { since, ended: false },
});

/** What the event at the end of an alarm says. */
export interface Ending {
  type: string;
  title: string;
}

/**
 * Ends an alarm, with its event, if it is still the same. `ending`: where it isn't that all is well
 * again.
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
 * Puts an alarm in the place of another one about the same, whatever is there: for a transaction
 * that is conditional on the state behind it. `undefined` is no alarm.
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
