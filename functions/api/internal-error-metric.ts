import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * Counts an answer that says `Internal`, in a line of the embedded metric format. It is alarmed.
 */
export function countInternalError(): void {
  const metrics = new Metrics();
  metrics.addMetric('InternalErrors', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
