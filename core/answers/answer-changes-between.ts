import type {
  ChangesBetween,
  RankedChange as PresentedChange,
  RateWindow,
} from '../../graphql/schema.generated.ts';
import type { AuditView } from '../audit/audit-view.ts';
import { type RankedChange, rankChanges } from '../effects/rank-changes.ts';
import { readPolicyNames } from '../inventory/policies/policy-names.ts';
import { timestamp } from '../storage/store-context.ts';
import type { Asking } from './asking.ts';
import { type DifferencesFound, differencesBetween, type Measured } from './differences-between.ts';
import { presentCompleteness } from './present-completeness.ts';
import { readTargetNames } from './target-names.ts';

/** Instants in milliseconds. */
export interface AskedChanges {
  from: number;
  to: number;
  limit: number;
  view: AuditView | undefined;
}

/** `changesBetween`. @throws ValidationError · Throttled */
export async function answerChangesBetween(asking: Asking, asked: AskedChanges): Promise<ChangesBetween> {
  const found = await differencesBetween(asking, asked);
  return presentChanges(asking, { ...asked, found });
}

/** The differences with names; the largest `limit` of the changes. */
export async function presentChanges(
  { context }: Pick<Asking, 'context'>,
  { from, to, limit, found }: Pick<AskedChanges, 'from' | 'to' | 'limit'> & { found: DifferencesFound },
): Promise<ChangesBetween> {
  const ranked = rankChanges(found);
  const shown = ranked.slice(0, limit);
  const states = new Map(found.entries.map(entry => [entry.id, entry]));
  const [names, policies] = await Promise.all([
    readTargetNames(
      context,
      shown.map(change => ({ ...(change.newest_id && states.get(change.newest_id)), target: change.target })),
    ),
    readPolicyNames(context),
  ]);
  return {
    from: timestamp(from),
    to: timestamp(to),
    before: presentWindow(found.before),
    after: presentWindow(found.after),
    items: shown.map((change, index) =>
      presentChange(
        change,
        names[index] ?? policies.get(change.target?.replace(/^policy:/, '') ?? '') ?? null,
      ),
    ),
    total: ranked.length,
    log_from: timestamp(found.log_from_ms),
  };
}

function presentWindow(measured: Measured | undefined): RateWindow | null {
  if (!measured) return null;
  const { from_ms, mark, by_policy } = measured;
  const bytes = [...by_policy.bytes.values()].reduce((sum, each) => sum + each, 0n);
  return {
    from: timestamp(from_ms),
    to: timestamp(mark.taken_at),
    bits_per_second: bytes < 0n ? null : (Number(bytes) * 8) / by_policy.seconds,
    completeness: presentCompleteness({ ...mark, as_of: mark.taken_at }),
  };
}

function presentChange(change: RankedChange, target_name: string | null): PresentedChange {
  const { kind, target, title, rate, effect, times, first_at, last_at, newest_id } = change;
  return {
    ...{ kind, target, target_name, title, times },
    effect_bits_per_second: effect,
    before_bits_per_second: rate?.before ?? null,
    after_bits_per_second: rate?.after ?? null,
    first_at: first_at === null ? null : timestamp(first_at),
    last_at: last_at === null ? null : timestamp(last_at),
    entry_id: newest_id,
  };
}
