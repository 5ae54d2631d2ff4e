/**
 * What can differ between two instants, in the order in which things of the same effect are listed:
 * what traffic did, then decisions, and what may have led to both.
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

/** One entry of the log: a change, or something that happened by itself. */
export interface Happened {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  kind: Exclude<EffectKind, 'POLICY_TRAFFIC' | 'SITE_TRAFFIC'>;
  /** As the audit log names it, such as `policy:7`; null where nothing was named. */
  target: string | null;
  /** What happened, a sentence for a person. */
  title: string;
  /** The policy that it is about; undefined: none. */
  policy_id: string | undefined;
  /** The sites that it is about. */
  site_ids: readonly string[];
  /** Of a decision: bits a second that it took to another path; null: not known. */
  moved: number | null;
}

export interface RankedChange {
  kind: EffectKind;
  target: string | null;
  /** Of the newest entry; null: it is about traffic alone. */
  title: string | null;
  /** Of the policy or the site that it is about; null: it is about neither, or about several. */
  rate: RateChange | null;
  /** Bits a second, 0 or more; null: not known. */
  effect: number | null;
  /** How many entries it stands for; 0: it is about traffic alone. */
  times: number;
  first_at: number | null;
  last_at: number | null;
  /** Of the newest entry. */
  newest_id: string | null;
}

/** What is known of the time between two instants. */
export interface Differences {
  /** By policy, and by site. */
  policies: ReadonlyMap<string, RateChange>;
  sites: ReadonlyMap<string, RateChange>;
  happened: readonly Happened[];
}

/**
 * What changed, the largest effect first; what has none that is known comes last. The effect is a
 * number of bits a second:
 *
 * - of a policy's or a site's traffic: by how much its rate differs; one whose rates are equal
 *   didn't change and is left out;
 * - of a decision: what it took to another path;
 * - of everything else: by how much the traffic of the policy that it is about differs, else that
 *   of the site for which this is most. So it says what went along with a change, and not that the
 *   change was the cause.
 *
 * Entries of one kind about one target are one change: each entry is in exactly one. The order
 * doesn't depend on that of the input, and is the same when before and after change places.
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

/** By how much two rates differ; null where one isn't known. */
function differenceOf({ before, after }: RateChange): number | null {
  return before === null || after === null ? null : Math.abs(after - before);
}

function largest(effects: readonly (number | null)[]): number | null {
  const known = effects.filter(effect => effect !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Null where one of them isn't known: the sum of the others would look like all. */
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
