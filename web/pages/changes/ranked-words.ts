import type { Ranked } from './operations.ts';

/** The label of each kind of change. */
export const KIND_WORDS: Record<Ranked['kind'], string> = {
  POLICY_TRAFFIC: 'Traffic',
  SITE_TRAFFIC: 'Traffic',
  DECISION: 'Decision',
  STATE: 'Event',
  POLICY: 'Policy',
  INVENTORY: 'Inventory',
  OTHER: 'Other',
};

/** Such as "Policy Voice carries more traffic". */
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
  if (before === null || after === null) return `${thing}: the change in traffic is not known`;
  if (before === 0) return `${thing} started to carry traffic`;
  if (after === 0) return `${thing} no longer carries traffic`;
  return `${thing} carries ${after > before ? 'more' : 'less'} traffic`;
}
