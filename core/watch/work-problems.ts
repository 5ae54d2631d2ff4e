import type { AlarmKind, Problem } from '../alarms/alarm.ts';
import { type Operation, readUnfinished } from '../operations/read-operations.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';

export const WORK_KINDS: readonly AlarmKind[] = ['WORK_STUCK'];

/** Work without progress for this long is stuck: clean-up continues interrupted work in minutes. */
const STUCK_AFTER_MS = 600_000;

/** The problems of operations without progress. */
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
    title: `${WORDS[kind]} has made no progress for ten minutes. The log of cleanup shows why.`,
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
