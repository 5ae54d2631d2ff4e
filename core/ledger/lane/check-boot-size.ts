import { ReportRejected } from '../../report/rejection.ts';
import { packedPairBytes } from './idle-pairs.ts';

type Pair = Parameters<typeof packedPairBytes>[0];

/** Limit of a closed boot's data, bytes, roughly: about 6,000 pairs. An item may have 400 KB. */
const BOOT_MAX_BYTES = 360_000;

/**
 * A boot's pairs must fit into one item when it is closed.
 *
 * @param pairs all pairs that the boot has named, with the new ones
 * @throws ReportRejected
 */
export function checkBootSize(pairs: Iterable<Pair>): void {
  let count = 0;
  let bytes = 0;
  for (const pair of pairs) {
    count++;
    bytes += packedPairBytes(pair);
  }
  if (bytes <= BOOT_MAX_BYTES) return;
  throw new ReportRejected('boot_too_large', `${count} policies and endpoints`);
}
