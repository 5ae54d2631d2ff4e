import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import type { AuditView } from '../../audit/audit-view.ts';
import { findEntry } from '../../audit/find-entry.ts';
import { readAuditLog } from '../../audit/read-audit-log.ts';
import { NotFound, quoted } from '../../errors.ts';
import { compareKeys } from '../../storage/key-order.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type DefinedPolicy, definedPolicySchema } from './policy-items.ts';

/** A change of a policy's definition. */
export interface PolicyVersion {
  /** The audit entry; its id identifies the version. */
  entry: AuditEntry;
  /** Null: there was none. */
  before: DefinedPolicy | null;
  /** Null: it was deleted. */
  after: DefinedPolicy | null;
}

/** The operations that change a definition; an undo counts as the operation that it performs. */
const DEFINING: ReadonlySet<string> = new Set([
  ...['createPolicy', 'updatePolicy', 'togglePolicy', 'deletePolicy', 'restorePolicyVersion'],
]);

/**
 * A page of a policy's versions in descending order of time. It may be short although more follow.
 *
 * @throws ValidationError for a broken token
 */
export async function readPolicyVersions(
  context: StoreContext,
  {
    id,
    limit,
    next_token,
    view,
  }: { id: string; limit: number; next_token?: string | null | undefined; view: AuditView | undefined },
): Promise<{ versions: PolicyVersion[]; next_token: string | null }> {
  const filter = { target: policyTargetOf(id) };
  // With events, so that the log is read without refused attempts.
  const page = await readAuditLog(context, { limit, next_token, filter, view, events: true });
  return { versions: page.items.flatMap(entry => versionOf(entry) ?? []), next_token: page.next_token };
}

/**
 * The definition of a policy in a version.
 *
 * @throws NotFound when the policy has no such version, or the version is its deletion
 */
export async function readPolicyVersion(
  context: StoreContext,
  { id, version }: { id: string; version: string },
): Promise<DefinedPolicy> {
  const found = await findEntry(context, version);
  const kept = found?.entry.target === policyTargetOf(id) ? versionOf(found.entry) : undefined;
  if (kept?.after) return kept.after;
  throw new NotFound(
    kept
      ? `Version ${version} of policy ${id} is its deletion. Choose the version before it.`
      : `Policy ${shown(id)} has no version ${quoted(version)}. Choose one that policyVersions lists.`,
  );
}

const shown = (id: string): string => quoted(id).slice(1, -1);

function policyTargetOf(id: string): string {
  return `policy:${id}`;
}

/** @returns undefined for an entry of another operation, or one that this release can't read */
function versionOf(entry: AuditEntry): PolicyVersion | undefined {
  if (entry.outcome !== 'DONE' || !DEFINING.has(entry.did ?? entry.operation)) return undefined;
  const before = definedPolicySchema.nullable().safeParse(entry.before);
  const after = definedPolicySchema.nullable().safeParse(entry.after);
  if (!before.success || !after.success || (!before.data && !after.data)) return undefined;
  return { entry, before: before.data, after: after.data };
}

/** A value of a definition before and after a change, as text; null when it isn't set. */
export interface FieldChange {
  /** Such as `priority` or `match.source_cidr`. */
  field: string;
  before: string | null;
  after: string | null;
}

/** The values that a version changed. */
export function changesOf({ before, after }: Pick<PolicyVersion, 'before' | 'after'>): FieldChange[] {
  const [old, next] = [valuesOf(before), valuesOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])]
    .map(field => ({ field, before: old.get(field) ?? null, after: next.get(field) ?? null }))
    .filter(change => change.before !== change.after);
}

function valuesOf(policy: DefinedPolicy | null): Map<string, string> {
  if (!policy) return new Map();
  const { name, priority, enabled, match } = policy;
  const inOrder = Object.entries(match).sort(([a], [b]) => compareKeys(a, b));
  const matched = inOrder.map(([field, value]) => [`match.${field}`, value] as const);
  const values = [['name', name], ['priority', priority], ['enabled', enabled], ...matched] as const;
  return new Map(values.map(([field, value]) => [field, String(value)]));
}

/** Whether two definitions are equal; their times are ignored. */
export function isSameDefinition(one: DefinedPolicy | null, other: DefinedPolicy | null): boolean {
  return isDeepStrictEqual(undated(one), undated(other));
}

function undated(policy: DefinedPolicy | null) {
  return policy && { ...policy, created_at: undefined, updated_at: undefined };
}
