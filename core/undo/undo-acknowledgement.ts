import { isDeepStrictEqual } from 'node:util';
import { alarmStateSchema, requireAlarm, setAcknowledged, stateOf } from '../alarms/acknowledge-alarm.ts';
import { Conflict } from '../errors.ts';
import { commitUndo } from './commit-undo.ts';
import type { Undoer } from './undoer.ts';

/** acknowledgeAlarm: restores the earlier acknowledgement, or none, while it is the same alarm. */
export const undoAcknowledgement: Undoer = {
  role: 'Mutation.acknowledgeAlarm',
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const [before, after] = [alarmStateSchema.parse(entry.before), alarmStateSchema.parse(entry.after)];
      const alarm = await requireAlarm(context, after.id);
      if (alarm.since !== after.since) {
        throw new Conflict(`The alarm ${after.id} ended, and came again at ${alarm.since}.`);
      }
      if (!isDeepStrictEqual(alarm.acknowledged, after.acknowledged)) {
        throw new Conflict(`The alarm ${after.id} was acknowledged again since: undo that first.`);
      }
      return {
        did: 'acknowledgeAlarm',
        actions: [setAcknowledged(context.tables, alarm, before.acknowledged)],
        before: stateOf(alarm),
        after: stateOf({ ...alarm, acknowledged: before.acknowledged }),
        message: `The alarm ${after.id} is as it was before it was acknowledged.`,
      };
    }),
};
