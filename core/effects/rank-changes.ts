/**
 * Kinds of differences between two instants, in the order of those with equal effects: traffic,
 * then decisions, then possible causes of both.
 */
export const EFFECT_KINDS = [
  'POLICY_TRAFFIC',
  'SITE_TRAFFIC',
  'DECISION',
  'STATE',
  'POLICY',
  'INVENTORY',
  'OTHER',
] as const;

export type EffectKind = (typeof EFFECT_KINDS)[number];

/** Bits a second before and after; null: not known. */
export interface RateChange {
  before: number | null;
  after: number | null;
}

/** One entry of the log: a change, or a state that changed by itself. */
export interface Happened {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  kind: Exclude<EffectKind, 'POLICY_TRAFFIC' | 'SITE_TRAFFIC'>;
  /** The target as in the audit log, such as `policy:7`; null when there is none. */
  target: string | null;
  /** A sentence for people about what happened. */
  title: string;
  /** The policy that it is about; undefined when there is none. */
  policy_id: string | undefined;
  /** The sites that it is about. */
  site_ids: readonly string[];
  /** For a decision: bits a second that it moved to another path; null: not known. */
  moved: number | null;
}

export interface RankedChange {
  kind: EffectKind;
  target: string | null;
  /** The newest entry's title; null for traffic. */
  title: string | null;
  /** Rates of the policy or site that it is about; null for none or several. */
  rate: RateChange | null;
  /** Bits a second, 0 or more; null: not known. */
  effect: number | null;
  /** How many entries it sums up; 0 for traffic. */
  times: number;
  first_at: number | null;
  last_at: number | null;
  /** The newest entry's id. */
  newest_id: string | null;
}

/** The known differences between two instants. */
export interface Differences {
  /** By policy, and by site. */
  policies: ReadonlyMap<string, RateChange>;
  sites: ReadonlyMap<string, RateChange>;
  happened: readonly Happened[];
}

/**
 * Changes in descending order of their effects; those without a known effect come last. The effect
 * is a number of bits a second:
 *
 * - of a policy's or a site's traffic: the difference of its rates; one with equal rates is
 *   omitted;
 * - of a decision: the traffic that it moved to another path;
 * - of everything else: the difference of the rates of its policy, else the largest difference of
 *   its sites. It shows what coincided with a change, not that the change was the cause.
 *
 * Entries of one kind about one target are one change, and each entry is in exactly one change. The
 * order doesn't depend on that of the input, and stays the same when before and after are swapped.
 */
export function rankChanges({ policies, sites, happened }: Differences): RankedChange[] {
  const groups = Map.groupBy(happened, ({ kind, target, title }) => `${kind} ${target ?? `: ${title}`}`);
  return [
    ...ofTraffic('POLICY_TRAFFIC', 'policy', policies),
    ...ofTraffic('SITE_TRAFFIC', 'site', sites),
    ...Array.from(groups.values(), group => ofEntries(group, { policies, sites })),
  ].sort(byEffect);
}

function ofTraffic(
  kind: 'POLICY_TRAFFIC' | 'SITE_TRAFFIC',
  prefix: string,
  rates: ReadonlyMap<string, RateChange>,
): RankedChange[] {
  const none = { title: null, times: 0, first_at: null, last_at: null, newest_id: null };
  return Array.from(rates, ([id, rate]) => ({
    ...{ kind, target: `${prefix}:${id}`, rate, effect: differenceOf(rate) },
    ...none,
  })).filter(({ effect }) => effect !== 0);
}

function ofEntries(
  group: readonly Happened[],
  { policies, sites }: Pick<Differences, 'policies' | 'sites'>,
): RankedChange {
  const inOrder = group.toSorted((a, b) => a.at - b.at || compare(a.id, b.id));
  const [first, newest] = [inOrder[0]!, inOrder.at(-1)!];
  const { kind, target, title, policy_id } = newest;
  const site_ids = [...new Set(group.flatMap(each => each.site_ids))];
  const rates = policy_id === undefined ? site_ids.map(id => sites.get(id)) : [policies.get(policy_id)];
  const known = rates.filter(rate => rate !== undefined);
  return {
    kind,
    target,
    title,
    rate: known.length === 1 ? known[0]! : null,
    effect: kind === 'DECISION' ? sumOf(group.map(({ moved }) => moved)) : largest(known.map(differenceOf)),
    times: group.length,
    first_at: first.at,
    last_at: newest.at,
    newest_id: newest.id,
  };
}

/** The difference of two rates; null when one isn't known. */
function differenceOf({ before, after }: RateChange): number | null {
  return before === null || after === null ? null : Math.abs(after - before);
}

function largest(effects: readonly (number | null)[]): number | null {
  const known = effects.filter(effect => effect !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** The sum; null when one isn't known, because the sum of the others would be too small. */
function sumOf(effects: readonly (number | null)[]): number | null {
  return effects.reduce<number | null>(
    (sum, effect) => (sum === null || effect === null ? null : sum + effect),
    0,
  );
}

function byEffect(a: RankedChange, b: RankedChange): number {
  return (
    (b.effect ?? -1) - (a.effect ?? -1) ||
    EFFECT_KINDS.indexOf(a.kind) - EFFECT_KINDS.indexOf(b.kind) ||
    (b.last_at ?? 0) - (a.last_at ?? 0) ||
    compare(a.target ?? '', b.target ?? '') ||
    compare(a.title ?? '', b.title ?? '')
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
