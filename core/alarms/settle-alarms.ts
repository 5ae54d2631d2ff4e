import { ConditionFailed } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { transact } from '../storage/transact.ts';
import type { Alarm, Problem } from './alarm.ts';
import { beginAlarm, type Ending, endAlarm } from './alarm-actions.ts';

export interface SettledAlarms {
  begun: number;
  ended: number;
  /** Not written for lack of time: the next run does it. */
  left: number;
}

/** Alarms that are written side by side. */
const AT_ONCE = 16;

/**
 * One change is tried for so long at most, so that its event is there within a minute of its time.
 */
const TRY_MS = 15_000;

/**
 * Begins an alarm for each problem that has none, and ends the alarms whose problem is gone. Where
 * all is as it was, nothing is written. Several at once do each change once.
 *
 * @param open the alarms that there are, of the kinds and things that were looked at
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
    /** Where an alarm doesn't end because all is well again. */
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
  ].values();
  const work = async () => {
    for (const { count, plan } of changes) {
      const now = context.clock();
      if (now >= context.deadline) {
        result.left += 1;
        continue;
      }
      const limited = { ...context, deadline: Math.min(context.deadline, now + TRY_MS) };
      const written = await transact(context.client, plan(now), limited).then(
        () => true,
        cause => {
          // Another run was faster.
          if (cause instanceof ConditionFailed) return false;
          throw cause;
        },
      );
      if (written) result[count] += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}
