import { pairKey } from '../../totals/pair-key.ts';
import { laneTotals, type PairSum, type WholeLane } from '../lane/lane-totals.ts';
import { type Correction, voidedOfLane } from './corrections.ts';

/** As `laneTotals`, without what voided boots had counted: what is shown of a lane. */
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
