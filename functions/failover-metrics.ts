import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { FailoverDone, SideChange } from '../core/routing/failover/change-sides.ts';

/**
 * Counts a change of sides, in a line of the embedded metric format. Policies without a path are
 * alarmed.
 */
export function countFailover({ receipt }: FailoverDone, operation: SideChange['operation']): void {
  const metrics = new Metrics();
  const name = operation === 'failoverPath' ? 'PathFailovers' : 'PathFailbacks';
  metrics.addMetric(name, MetricUnit.Count, 1);
  const stranded = receipt.without_path.length;
  if (stranded > 0) metrics.addMetric('PoliciesWithoutPath', MetricUnit.Count, stranded);
  metrics.publishStoredMetrics();
}
