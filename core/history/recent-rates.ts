import { FRESH_MS } from './recent-completeness.ts';
import { readLastMarkItem, type SampleStore } from './sample-store.ts';

/**
 * Whether the last snapshot knew the rate of any edge: it was taken within two and a half minutes, and an edge that wasn't silent had
 * reported twice. Then a policy that no edge carries anything of has the rate 0. One small read.
 */
export async function isSomeRateKnown(store: SampleStore, { now }: { now: number }): Promise<boolean> {
  const last = await readLastMarkItem(store, { resolution: 'MINUTE', before: now });
  if (!last || last.mark.taken_at > now || last.mark.taken_at < now - FRESH_MS) return false;
  return last.rated_lanes > 0;
}
