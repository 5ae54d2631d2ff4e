import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmTopic } from './alarm-topic.ts';
import type { PatronusFunction } from './patronus-function.ts';

/**
 * Adds an alarm for answers with the error `Internal`: faults of the system, which AppSync's own
 * metrics don't show.
 */
export function alarmOnInternalErrors(alarms: AlarmTopic, fn: PatronusFunction): Alarm {
  return alarms.add(fn, 'InternalErrors', {
    metric: fn.ownMetric('InternalErrors'),
    above: 0,
    description:
      'The API answered with Internal, which is a fault of the system: see "Operation failed" in the log of the api function (docs/operations.md, "Internal errors").',
  });
}
