import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import { NotFound, quoted, ValidationError } from '../errors.ts';
import { lineOfText } from '../inventory/model/parse-input.ts';
import { commitChange } from '../storage/commit-change.ts';
import { updateItem } from '../storage/item-update.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { type Acknowledgement, type Alarm, alarmKey } from './alarm.ts';
import { isStill } from './alarm-actions.ts';
import { readAlarm } from './read-alarms.ts';

const LONGEST_MS = 366 * 86_400_000;

/** The arguments of an acknowledgement besides the alarm's id. */
export const acknowledgementInput = { note: lineOfText('note', 500).nullish() };

/** An alarm in audit entries: its name and its acknowledgement. */
export interface AlarmState {
  id: string;
  /** The alarm's title. */
  name: string;
  since: string;
  acknowledged: Acknowledgement | null;
}

/**
 * Acknowledges an alarm until it ends, or until a time. When the alarm begins again, it is not
 * acknowledged.
 *
 * @throws NotFound for an alarm that has ended · ValidationError for a time that is not in the
 * future
 */
export function acknowledgeAlarm(
  context: StoreContext,
  actor: Caller,
  { id, note, until_ms }: { id: string; note?: string | null | undefined; until_ms?: number | undefined },
): Promise<Alarm> {
  const { tables, clock } = context;
  const begun_ms = clock();
  if (until_ms !== undefined && (until_ms <= begun_ms || until_ms > begun_ms + LONGEST_MS)) {
    throw new ValidationError(
      'until must be a time in the next 366 days: leave it out to acknowledge the alarm until it ends.',
      { arguments: ['until'] },
    );
  }
  return commitChange(context, async begun => {
    const alarm = await requireAlarm(context, id);
    const acknowledged: Acknowledgement = {
      by: actor,
      at: timestamp(clock()),
      note: note ?? null,
      until: until_ms === undefined ? null : timestamp(until_ms),
    };
    const after = { ...alarm, acknowledged };
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'acknowledgeAlarm',
      target: `alarm:${id}`,
      before: stateOf(alarm),
      after: stateOf(after),
    });
    return { actions: [setAcknowledged(tables, alarm, acknowledged), audit], result: after };
  });
}

/** @throws NotFound */
export async function requireAlarm(context: StoreContext, id: string): Promise<Alarm> {
  const alarm = await readAlarm(context, id);
  if (alarm) return alarm;
  throw new NotFound(
    `Alarm ${quoted(id)} does not exist, or has ended: the query alarms lists the present alarms.`,
  );
}

export const stateOf = ({ id, title: name, since, acknowledged }: Alarm): AlarmState => ({
  id,
  name,
  since,
  acknowledged,
});

/** Sets the acknowledgement of an alarm, on condition that the alarm is as it was read. */
export function setAcknowledged(
  tables: TableNames,
  alarm: Alarm,
  acknowledged: Acknowledgement | null,
): WriteAction {
  const { expression, values } = isStill(alarm);
  return {
    Update: updateItem({
      table: tables.traffic,
      key: alarmKey(alarm.id),
      set: { acknowledged },
      condition: {
        expression: `${expression} AND #acknowledged = :was`,
        values: { ...values, was: alarm.acknowledged },
      },
    }),
  };
}

/** The acknowledgement of an alarm, if it is still valid. */
export function acknowledgementAt({ acknowledged }: Alarm, now_ms: number): Acknowledgement | null {
  const until = acknowledged?.until;
  return until && Date.parse(until) <= now_ms ? null : acknowledged;
}

/** The state of an alarm in an audit entry. */
export const alarmStateSchema = z.object({
  id: z.string(),
  since: z.string(),
  acknowledged: z.custom<Acknowledgement>(given => typeof given === 'object').nullable(),
});
