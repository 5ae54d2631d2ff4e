import { ReportRejected } from '../../report/rejection.ts';
import type { PolicyTotals } from '../../totals/policy-totals.ts';

/** @throws ReportRejected when a pair's total is below the one before in the same boot */
export function checkGrowth(pair: PolicyTotals, before: Pick<PolicyTotals, 'packets' | 'bytes'>): void {
  if (pair.packets >= before.packets && pair.bytes >= before.bytes) return;
  const name = pair.packets < before.packets ? 'packets' : 'bytes';
  throw new ReportRejected(
    'total_went_down',
    `${name} of policy "${pair.policy_id}", endpoint "${pair.endpoint_id}": ${pair[name]} after ${before[name]}`,
  );
}
