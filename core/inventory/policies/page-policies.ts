import {
  readShownCountersAfter,
  readShownCountersOf,
  type ShownCounts,
} from '../../ledger/figures/shown-counters.ts';
import { DEFAULT_POLICY_ID } from '../../policy/policy.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import {
  builtIn,
  comparePositions,
  type ListedPolicy,
  type ListPosition,
  listed,
  type PolicyFilter,
  type PolicyOrder,
  passes,
  positionOf,
  undefinedPolicy,
} from './list-policies.ts';
import type { DefinedPolicy } from './policy-items.ts';

export interface PolicyPageRequest {
  /** The page begins after this line. */
  start?: ListPosition | undefined;
  limit: number;
  order: PolicyOrder;
  filter: PolicyFilter;
  /** Whether undefined ids with counters are listed too. */
  undefined_too: boolean;
  /** Whether to read the counters of the lines. */
  with_counts: boolean;
}

export interface PolicyPage {
  lines: ListedPolicy[];
  /** Whether lines follow. */
  more: boolean;
  /** Lines of defined policies and the built-in one on all pages. */
  total: number;
  /** The counters of the lines, by id; a line without traffic has none. */
  counts: ReadonlyMap<string, ShownCounts> | undefined;
}

/**
 * A page of the policies that match a filter: the defined ones in the given order, then the
 * built-in one, then, by id, undefined ids with counters. It reads the counters of the page's lines
 * alone.
 */
export async function pagePolicies(
  context: StoreContext,
  defined: readonly DefinedPolicy[],
  { start, limit, order, filter, undefined_too, with_counts }: PolicyPageRequest,
): Promise<PolicyPage> {
  const known = [...defined.map(listed), builtIn]
    .filter(policy => passes(policy, filter))
    .map(policy => ({ policy, position: positionOf(policy, order) }))
    .sort((a, b) => comparePositions(a.position, b.position, order));
  const rest = known
    .filter(({ position }) => !start || comparePositions(position, start, order) > 0)
    .map(({ policy }) => policy);
  const lines = rest.slice(0, limit);
  const wanted = rest.length > limit || !undefined_too ? 0 : limit - lines.length + 1;
  const after = start?.rank === 2 ? start.id : undefined;
  const [shown, counted] = await Promise.all([
    with_counts ? readShownCountersOf(context, idsOf(lines)) : undefined,
    countedUndefined(context, defined, { after, wanted, filter }),
  ]);
  const unknown = counted.slice(0, limit - lines.length);
  return {
    lines: [...lines, ...unknown.map(([id]) => undefinedPolicy(id))],
    more: rest.length > limit || counted.length > unknown.length,
    total: known.length,
    counts: shown && new Map([...shown, ...unknown]),
  };
}

/** The next undefined ids with counters after `after`: at least `wanted` if there are so many. */
async function countedUndefined(
  context: StoreContext,
  defined: readonly DefinedPolicy[],
  { after, wanted, filter }: { after: string | undefined; wanted: number; filter: PolicyFilter },
): Promise<[string, ShownCounts][]> {
  const known = new Set([DEFAULT_POLICY_ID, ...idsOf(defined)]);
  const found: [string, ShownCounts][] = [];
  let position = after;
  let more = true;
  while (more && found.length < wanted) {
    const page = await readShownCountersAfter(context, { after: position, limit: PAGE });
    found.push(...page.counted.filter(([id]) => !known.has(id) && passes(undefinedPolicy(id), filter)));
    position = page.counted.at(-1)?.[0];
    more = page.more;
  }
  return found;
}

function idsOf(policies: readonly { id: string }[]): string[] {
  return policies.map(({ id }) => id);
}

/** How many counters of a slot one read returns. */
const PAGE = 100;
