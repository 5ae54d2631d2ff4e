import { z } from 'zod';
import {
  acknowledgeAlarm,
  acknowledgementAt,
  acknowledgementInput,
} from '../../../core/alarms/acknowledge-alarm.ts';
import type { Alarm } from '../../../core/alarms/alarm.ts';
import { ALARM_ROWS } from '../../../core/alarms/alarm-rows.ts';
import { MUTE, muteOf } from '../../../core/alarms/mutes/mute.ts';
import { readAlarms } from '../../../core/alarms/read-alarms.ts';
import { readSettings } from '../../../core/alarms/settings/read-settings.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { readTargetNames } from '../../../core/answers/target-names.ts';
import { publicActor } from '../../../core/events/event-of-entry.ts';
import { readOperations } from '../../../core/operations/read-operations.ts';
import type { Alarm as PresentedAlarm } from '../../../graphql/schema.generated.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';

type AlarmOperation = 'Query.alarms' | 'Mutation.acknowledgeAlarm' | 'Query.operations';

export const alarmResolvers: Pick<Resolvers, AlarmOperation> = {
  'Query.alarms': resolver({
    arguments: z.object(pageArguments),
    async resolve(query, { context }) {
      const { items, total, next_token } = await readAlarms(context, query);
      const [names, mutes] = await Promise.all([
        readTargetNames(context, items),
        readSettings(context, MUTE),
      ]);
      const now = context.clock();
      const shown = items.map((alarm, index) => ({
        ...present(alarm, now),
        target_name: names[index]!,
        muted_until: muteOf(alarm, mutes, now)?.until ?? null,
      }));
      return { items: shown, total, next_token };
    },
  }),

  'Mutation.acknowledgeAlarm': resolver({
    arguments: z.object({
      id: idArgument,
      ...acknowledgementInput,
      until: timeArgument.nullish().transform(ms => ms ?? undefined),
    }),
    target: ({ id }) => `alarm:${id}`,
    async resolve({ until: until_ms, ...given }, { context, caller }) {
      return present(await acknowledgeAlarm(context, caller, { ...given, until_ms }), context.clock());
    },
  }),

  'Query.operations': resolver({
    arguments: z.object({}),
    async resolve(_, { context, caller }) {
      const operations = await readOperations(context, caller);
      return operations.map(operation => ({ ...operation, finished: operation.finished_at !== null }));
    },
  }),
};

function present(alarm: Alarm, now_ms: number): PresentedAlarm {
  const { acknowledged: _, ...shown } = alarm;
  const known = acknowledgementAt(alarm, now_ms);
  return {
    ...shown,
    target_name: null,
    severity: ALARM_ROWS[alarm.kind].severity,
    acknowledged_by: known && publicActor(known.by),
    acknowledged_at: known?.at ?? null,
    acknowledged_until: known?.until ?? null,
    note: known?.note ?? null,
    muted_until: null,
  };
}
