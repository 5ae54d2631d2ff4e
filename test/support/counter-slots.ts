import { COUNTERS_PARTITION } from '../../core/ledger/figures/counter-slots.ts';

/**
 * What a system that has been running holds: how many counter slots readers sum. Without it they
 * look at a thousand, once.
 */
export function slotsItem(slots = 16): { pk: string; sk: string; slots: number } {
  return { pk: COUNTERS_PARTITION, sk: 'SLOTS', slots };
}
