import { COUNTERS_PARTITION } from '../../core/ledger/figures/counter-slots.ts';

/**
 * The number of counter slots that readers sum, as a system that has been running stores it.
 * Without it they check a thousand slots once.
 */
export function slotsItem(slots = 16): { pk: string; sk: string; slots: number } {
  return { pk: COUNTERS_PARTITION, sk: 'SLOTS', slots };
}
