import type { Ranked } from './operations.ts';

/** What each kind of change is called in a table. */
export const KIND_WORDS: Record<Ranked['kind'], string> = {
  POLICY_TRAFFIC: 'Traffic',
  SITE_TRAFFIC: 'Traffic',
  DECISION: 'Decision',
  STATE: 'Event',
  POLICY: 'Policy',
  INVENTORY: 'Inventory',
  OTHER: 'Other',
};

/** Such as "Policy Voice carries more". */
export function trafficSentence({
  kind,
  name,
  before,
  after,
}: {
  kind: Ranked['kind'];
  name: string;
  before: number | null;
  after: number | null;
}): string {
  const thing = `${kind === 'SITE_TRAFFIC' ? 'Site' : 'Policy'} ${name}`;
  if (before === null || after === null) return `${thing}: how its traffic changed is not known`;
  if (before === 0) return `${thing} carries traffic now`;
  if (after === 0) return `${thing} carries nothing any more`;
  return `${thing} carries ${after > before ? 'more' : 'less'}`;
}
