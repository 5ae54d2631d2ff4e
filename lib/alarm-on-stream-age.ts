import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { PatronusFunction } from './patronus-function.ts';

const LATE = Duration.minutes(5);

/**
 * Adds an alarm for records of a stream that wait for a function for more than five minutes. `id`
 * is the section of the runbook.
 */
export function alarmOnStreamAge(
  alarms: AlarmTopic,
  fn: PatronusFunction,
  { id, description }: { id: string; description: string },
): void {
  alarms.add(fn, id, {
    metric: fn.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: ALARM_PERIOD }),
    above: LATE.toMilliseconds(),
    description,
  });
}
