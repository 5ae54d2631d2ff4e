import type { FailoverDone } from '../core/routing/failover/change-sides.ts';
import { countMetrics } from './metrics.ts';

/**
 * Counts policies that a failover or failback leaves without a path. An alarm watches the metric.
 */
export function countStranded(service: 'api' | 'ingest', { receipt, audit_id }: FailoverDone): void {
  const stranded = receipt.without_path.length;
  if (stranded > 0) countMetrics(service, { PoliciesWithoutPath: stranded }, { audit_id });
}
