import type { Alarm } from '../../alarms/alarm.ts';
import { endAlarm } from '../../alarms/alarm-actions.ts';
import type { SettledAlarms } from '../../alarms/settle-alarms.ts';
import { batchGet } from '../../storage/batch-get.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { conditionHeld } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { transact } from '../../storage/transact.ts';
import { metricsKey } from '../path-keys.ts';

/**
 * A path without a stored measurement for this long is no longer measured: a measured one is stored
 * at least each ten minutes.
 */
const STALE_MS = 15 * 60_000;

/** Alarms that a run checks. */
const AT_MOST = 1000;

const TRY_MS = 15_000;

/**
 * Ends the alarms of paths that are no longer measured: their health is unknown, or they are
 * removed.
 */
export async function endStalePathAlarms(
  context: StoreContext,
  alarms: readonly Alarm[],
): Promise<SettledAlarms> {
  const result: SettledAlarms = { begun: 0, ended: 0, left: 0 };
  const checked = alarms.slice(0, AT_MOST);
  const keys = checked.map(alarm => metricsKey(pathIdOf(alarm)));
  const items = await batchGet<ItemKey & Item>(keys, { ...context, table: context.tables.traffic });
  const measured = new Map(items.map(item => [item.pk, Number(item.measured_ms)]));
  for (const [index, alarm] of checked.entries()) {
    const measured_ms = measured.get(keys[index]!.pk);
    const now = context.clock();
    if (measured_ms !== undefined && measured_ms > now - STALE_MS) continue;
    if (now >= context.deadline) result.left += 1;
    else if (await end(context, { alarm, measured_ms, now })) result.ended += 1;
  }
  return result;
}

const pathIdOf = ({ id }: Alarm) => id.slice('PATH#'.length);

const unmeasured = (alarm: Alarm) => ({
  type: 'PATH_UNMEASURED',
  title: `Path ${pathIdOf(alarm)} is no longer measured.`,
});

/** Returns false when the path was measured meanwhile, or another run was faster. */
async function end(
  context: StoreContext,
  { alarm, measured_ms, now }: { alarm: Alarm; measured_ms: number | undefined; now: number },
): Promise<boolean> {
  const { tables, client } = context;
  const forget = {
    Update: updateItem({
      table: tables.traffic,
      key: metricsKey(pathIdOf(alarm)),
      remove: ['alarm'],
      condition: { expression: '#measured_ms = :measured_ms', values: { measured_ms } },
    }),
  };
  const actions = [
    ...endAlarm(tables, alarm, { at_ms: now, job: 'cleanup', ending: unmeasured(alarm) }),
    ...(measured_ms === undefined ? [] : [forget]),
  ];
  const limited = { ...context, deadline: Math.min(context.deadline, now + TRY_MS) };
  return conditionHeld(transact(client, actions, limited));
}
