import type { AlarmKind, Problem } from '../alarms/alarm.ts';
import { type Operation, readUnfinished } from '../operations/read-operations.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';

export const WORK_KINDS: readonly AlarmKind[] = ['WORK_STUCK'];

/**
 * Work that nothing has gone on with for so long is stuck: clean-up takes up what was cut off
 * within minutes.
 */
const STUCK_AFTER_MS = 600_000;

/** Operations that nobody goes on with. */
export async function workProblems(context: StoreContext): Promise<Problem[]> {
  const now = context.clock();
  const running = await readUnfinished(context);
  return running.filter(({ worked_at_ms }) => worked_at_ms + STUCK_AFTER_MS <= now).map(problemOf);
}

function problemOf({ id, kind, target, worked_at_ms }: Operation & { worked_at_ms: number }): Problem {
  return {
    id: `WORK_STUCK#${id}`,
    kind: 'WORK_STUCK',
    since: timestamp(worked_at_ms),
    target: target ?? `operation:${id}`,
    site_id: target?.startsWith('site:') ? target.slice('site:'.length) : null,
    title: `${WORDS[kind]} has stood still for ten minutes: the log of cleanup says why.`,
  };
}

const WORDS: Record<Operation['kind'], string> = {
  SITE_DELETION: 'The deletion of a site',
  SITE_RESTORE: 'The restore of a site',
  ENDPOINT_REMOVAL: 'The removal of an endpoint',
  ENDPOINT_RESTORE: 'The restore of an endpoint',
  EXPORT: 'An export',
  RESET: 'A reset of statistics',
  VOID: 'The void of a boot',
  RECOVERY: 'The recovery of the counters',
};
