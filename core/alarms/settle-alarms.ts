import { atOnce } from '../storage/at-once.ts';
import { conditionHeld } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { transact } from '../storage/transact.ts';
import type { Alarm, Problem } from './alarm.ts';
import { beginAlarm, type Ending, endAlarm } from './alarm-actions.ts';

export interface SettledAlarms {
  begun: number;
  ended: number;
  /** Not written for lack of time. The next run does that. */
  left: number;
}

/** Alarms that are written at the same time. */
const AT_ONCE = 16;

/**
 * Time limit of the write of one change, so that its event exists within a minute of its time.
 */
const TRY_MS = 15_000;

/**
 * Begins an alarm for each problem without one, and ends the alarms whose problem is solved. If
 * nothing has changed, nothing is written. Concurrent runs do each change once.
 *
 * @param open the stored alarms of the kinds and targets that were checked
 */
export async function settleAlarms(
  context: StoreContext,
  {
    open,
    problems,
    job,
    endingOf = () => undefined,
  }: {
    open: readonly Alarm[];
    problems: readonly Problem[];
    job: string;
    /** The ending of an alarm that doesn't end because its problem is solved. */
    endingOf?: (alarm: Alarm) => Ending | undefined;
  },
): Promise<SettledAlarms> {
  const known = new Set(open.map(({ id }) => id));
  const wanted = new Set(problems.map(({ id }) => id));
  const begin = problems.filter(({ id }) => !known.has(id));
  const end = open.filter(({ id }) => !wanted.has(id));
  const result: SettledAlarms = { begun: 0, ended: 0, left: 0 };
  const changes = [
    ...begin.map(problem => ({
      count: 'begun' as const,
      plan: (at_ms: number) => beginAlarm(context.tables, problem, { at_ms, job }),
    })),
    ...end.map(alarm => ({
      count: 'ended' as const,
      plan: (at_ms: number) => endAlarm(context.tables, alarm, { at_ms, job, ending: endingOf(alarm) }),
    })),
  ];
  await atOnce(AT_ONCE, changes, async ({ count, plan }) => {
    const now = context.clock();
    if (now >= context.deadline) {
      result.left += 1;
      return;
    }
    const limited = { ...context, deadline: Math.min(context.deadline, now + TRY_MS) };
    // Otherwise another run was faster.
    if (await conditionHeld(transact(context.client, plan(now), limited))) result[count] += 1;
  });
  return result;
}
