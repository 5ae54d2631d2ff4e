import { ReportRejected } from '../../report/rejection.ts';
import { packedPairBytes } from './idle-pairs.ts';

type Pair = Parameters<typeof packedPairBytes>[0];

/** Bytes, roughly, of a closed boot's item, which takes 400 KB: about 6,000 pairs. */
const BOOT_MAX_BYTES = 360_000;

/**
 * A boot's pairs must fit into one item when it is closed.
 *
 * @param pairs all that the boot has named, and those that are new
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
