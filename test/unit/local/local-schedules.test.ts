import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../local/schedules/schedule-expression.ts';
import { startScheduledCall } from '../../../local/schedules/scheduler.ts';
import { fakeTime } from '../../support/fake-time.ts';

const time = (text: string): number => Date.parse(`${text}Z`);

describe('schedule expressions', () => {
  it.each([
    ['rate(1 minute)', '2026-01-31T12:00:30', '2026-01-31T12:01:00'],
    ['rate(5 minutes)', '2026-01-31T12:05:00', '2026-01-31T12:10:00'],
    ['rate(2 hours)', '2026-01-31T12:00:00', '2026-01-31T14:00:00'],
    ['rate(1 day)', '2026-01-31T13:00:00', '2026-02-01T12:00:00'],
    ['cron(* * * * ? *)', '2026-01-31T12:00:00', '2026-01-31T12:01:00'],
    ['cron(0 12 * * ? *)', '2026-01-31T12:00:00', '2026-02-01T12:00:00'],
    ['cron(0/15 * * * ? *)', '2026-01-31T12:44:59', '2026-01-31T12:45:00'],
    ['cron(*/20 3-4 * * ? *)', '2026-01-31T03:41:00', '2026-01-31T04:00:00'],
    ['cron(30 6 ? * MON-FRI *)', '2026-01-30T07:00:00', '2026-02-02T06:30:00'],
    ['cron(0 0 1 JAN,jul ? *)', '2026-01-31T00:00:00', '2026-07-01T00:00:00'],
    ['cron(0 0 29 2 ? *)', '2026-01-31T00:00:00', '2028-02-29T00:00:00'],
    ['at(2030-01-31T12:00:00)', '2026-01-31T12:00:00', '2030-01-31T12:00:00'],
  ])('%s after %s fires at %s', (expression, after, expected) => {
    const next = parseSchedule(expression, time('2026-01-31T12:00:00'))(time(after));
    expect(new Date(next!).toISOString()).toBe(`${expected}.000Z`);
  });

  it.each(['at(2020-01-01T00:00:00)', 'cron(0 0 1 1 ? 2020)', 'cron(0 0 30 2 ? *)'])(
    '%s never fires',
    expression => {
      expect(parseSchedule(expression, 0)(time('2026-01-31T12:00:00'))).toBeUndefined();
    },
  );

  it.each([
    ['every minute', 'every minute'],
    ['rate(0 minutes)', '0 minutes'],
    ['rate(3 fortnights)', '3 fortnights'],
    ['cron(0 12 * * ?)', '0 12 * * ?'],
    ['cron(61 12 * * ? *)', '61'],
    ['cron(0 12 L * ? *)', 'L'],
    ['cron(0 12 ? * 2#1 *)', '2#1'],
    ['cron(0/0 * * * ? *)', '0/0'],
    ['at(yesterday)', 'yesterday'],
  ])('%s is rejected with the name %s', (expression, part) => {
    expect(() => parseSchedule(expression, 0)).toThrow(
      new Error(`The one-machine runtime does not support "${part}" in the schedule ${expression}.`),
    );
  });
});

describe('the scheduler', () => {
  const start = time('2026-01-31T12:00:00');

  it('calls at every time until it is stopped, with the event of EventBridge Scheduler', async () => {
    const { clock, schedule, advance } = fakeTime(start);
    const events: unknown[] = [];
    const stop = startScheduledCall(
      {
        scheduleArn: 'arn:s',
        next: parseSchedule('rate(1 minute)', start),
        call: event => events.push(event),
      },
      { clock, schedule },
    );
    await advance(150_000);
    stop();
    await advance(600_000);
    const event = (at: string) => ({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: '000000000000',
      time: at,
      region: 'eu-central-1',
      resources: ['arn:s'],
      detail: '{}',
    });
    expect(events).toEqual([event('2026-01-31T12:01:00Z'), event('2026-01-31T12:02:00Z')]);
  });

  it('passes on the input of the template with the times filled in', async () => {
    const { clock, schedule, advance } = fakeTime(start);
    const events: unknown[] = [];
    startScheduledCall(
      {
        scheduleArn: 'arn:s',
        next: parseSchedule('rate(1 minute)', start),
        input:
          '{"at":"<aws.scheduler.scheduled-time>","of":"<aws.scheduler.schedule-arn>","other":"<aws.other>"}',
        call: event => events.push(event),
      },
      { clock, schedule },
    );
    await advance(60_000);
    expect(events).toEqual([{ at: '2026-01-31T12:01:00Z', of: 'arn:s', other: '<aws.other>' }]);
  });

  it('waits for times beyond the range of a timer', async () => {
    const { clock, schedule, advance } = fakeTime(start);
    const calls: number[] = [];
    startScheduledCall(
      {
        scheduleArn: 'arn:s',
        next: parseSchedule('at(2026-03-31T12:00:00)', start),
        call: () => calls.push(clock()),
      },
      { clock, schedule },
    );
    await advance(100 * 86_400_000);
    expect(calls).toEqual([time('2026-03-31T12:00:00')]);
  });
});
