import type { AlarmTopic } from './alarm-topic.ts';
import type { PatronusFunction } from './patronus-function.ts';

/** Adds an alarm for failovers that leave a policy without any path between two sites. */
export function alarmOnLostPaths(alarms: AlarmTopic, fn: PatronusFunction): void {
  alarms.add(fn, 'NoPathLeft', {
    metric: fn.ownMetric('PoliciesWithoutPath'),
    above: 0,
    description:
      'A failover left policies without any path between two sites: the audit log (failoverPath) names them.',
  });
}
