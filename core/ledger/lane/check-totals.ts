import { ReportRejected } from '../../report/rejection.ts';
import type { PolicyTotals } from '../../totals/policy-totals.ts';

/**
 * The totals that a boot has reported of a pair, and the `seq` of their report; zeros and
 * `NOT_NAMED` if there is none.
 */
type Known = Pick<PolicyTotals, 'packets' | 'bytes'> & { seq: number };

/**
 * Whether a pair's totals in the report `seq` are newer than the known ones. Totals of a boot never
 * fall in the order of its reports, in whatever order these arrive.
 *
 * @throws ReportRejected when they contradict what the boot has reported: they are below the totals
 * of an earlier report, or above those of the same or a later one
 */
export function isNewer(pair: PolicyTotals, seq: number, known: Known): boolean {
  if (seq > known.seq) {
    if (pair.packets >= known.packets && pair.bytes >= known.bytes) return true;
    const name = pair.packets < known.packets ? 'packets' : 'bytes';
    throw new ReportRejected('total_went_down', describe(name, pair, known));
  }
  if (pair.packets <= known.packets && pair.bytes <= known.bytes) return false;
  const name = pair.packets > known.packets ? 'packets' : 'bytes';
  throw new ReportRejected(
    'contradicts_boot',
    `${describe(name, pair, known)}: report ${seq} says more than report ${known.seq}`,
  );
}

function describe(name: 'packets' | 'bytes', pair: PolicyTotals, known: Known): string {
  return `${name} of policy "${pair.policy_id}", endpoint "${pair.endpoint_id}": ${pair[name]} after ${known[name]}`;
}
