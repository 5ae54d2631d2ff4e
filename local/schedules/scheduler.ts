import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';
import { ACCOUNT_ID, REGION } from '../aws/account.ts';
import type { NextTime } from './schedule-expression.ts';

export interface ScheduledCall {
  scheduleArn: string;
  next: NextTime;
  /** The template's input for the target; default: EventBridge Scheduler's default event. */
  input?: string | undefined;
  /** Calls the target at every time of the schedule, even if the last call is still running. */
  call(event: unknown): void;
}

/** Calls at the times of a schedule until it is stopped. */
export function startScheduledCall(
  { scheduleArn, next, input, call }: ScheduledCall,
  { clock, schedule }: { clock: Clock; schedule: Schedule },
): () => void {
  let cancel = (): void => {};

  function plan(): void {
    const time = next(clock());
    if (time === undefined) return;
    cancel = schedule(Math.min(time - clock(), LONGEST_TIMER_MS), () => {
      if (clock() < time) return plan();
      call(eventAt(time));
      plan();
    });
  }

  function eventAt(time: number): unknown {
    const at = new Date(time).toISOString().replace('.000Z', 'Z');
    if (input === undefined) {
      return {
        version: '0',
        id: randomUUID(),
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        account: ACCOUNT_ID,
        time: at,
        region: REGION,
        resources: [scheduleArn],
        detail: '{}',
      };
    }
    const attributes: Record<string, string> = {
      'schedule-arn': scheduleArn,
      'scheduled-time': at,
      'execution-id': randomUUID(),
      'attempt-number': '1',
    };
    return JSON.parse(
      input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (all, name: string) => attributes[name] ?? all),
    );
  }

  plan();
  return () => cancel();
}

/** setTimeout supports at most 24.8 days. */
const LONGEST_TIMER_MS = 86_400_000;
