import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmTopic } from './alarm-topic.ts';
import type { PatronusFunction } from './patronus-function.ts';

/**
 * Alarms when a function answered with `Internal`: a fault of ours, of which AppSync's own metrics
 * say nothing.
 */
export function alarmOnInternalErrors(alarms: AlarmTopic, fn: PatronusFunction): Alarm {
  return alarms.add(fn, 'InternalErrors', {
    metric: fn.ownMetric('InternalErrors'),
    above: 0,
    description:
      'The API answered with Internal, which is a fault of ours: see "Operation failed" in the log of the api function (docs/operations.md, "Internal errors").',
  });
}
