import { pairKey } from '../../totals/pair-key.ts';
import { laneTotals, type PairSum, type WholeLane } from '../lane/lane-totals.ts';
import { type Correction, voidedOfLane } from './corrections.ts';

/**
 * Like `laneTotals`, without the counts of voided boots: the totals of a lane as they are shown.
 */
export function shownTotals(lane: WholeLane, corrections: readonly Correction[]): PairSum[] {
  const totals = laneTotals(lane);
  const voided = voidedOfLane(corrections, lane);
  if (!voided) return totals;
  return totals.map(pair => {
    const off = voided.get(pairKey(pair));
    if (!off) return pair;
    return {
      ...pair,
      packets: pair.packets - off.packets,
      bytes: pair.bytes - off.bytes,
      estimated_bytes: pair.estimated_bytes - off.estimated_bytes,
    };
  });
}
