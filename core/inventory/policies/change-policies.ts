import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { ChangeOperation } from '../../audit/audit-entry.ts';
import { refuseChanged } from '../../audit/refuse-changed.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { noPolicy, ValidationError } from '../../errors.ts';
import { comparePolicyIds } from '../../policy/policy-match.ts';
import { commitOnce } from '../../storage/commit-once.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { nextPolicyId } from './policy-id.ts';
import { type NewPolicy, type PolicyPatch, refuseBuiltIn } from './policy-input.ts';
import {
  type DefinedPolicy,
  MAX_POLICIES,
  META_KEY,
  POLICY_PARTITION,
  type PoliciesMeta,
  toItem,
} from './policy-items.ts';
import { readPoliciesMeta, readPolicy } from './read-policies.ts';

export interface PolicyChanged {
  policy: DefinedPolicy;
  audit_id: string;
}

/**
 * Defines a policy under a new id.
 *
 * @throws ValidationError at the maximum number of policies · Conflict for a client_token of
 * another request
 */
export function createPolicy(context: StoreContext, actor: Caller, input: NewPolicy): Promise<PolicyChanged> {
  const { client_token, ...policy } = input;
  return commitPolicyChange(
    context,
    { actor, operation: 'createPolicy', client_token, given: input },
    async meta => {
      refuseTooMany(meta);
      const at = context.clock();
      const now = timestamp(at);
      const id = nextPolicyId(at, meta.last_id);
      return { after: { id, ...policy, created_at: now, updated_at: now } };
    },
  );
}

/** @throws ValidationError at the maximum number of policies */
export function refuseTooMany({ count }: PoliciesMeta): void {
  if (count < MAX_POLICIES) return;
  throw new ValidationError(
    `There are ${MAX_POLICIES} policies, which is the maximum. Delete one that isn't needed.`,
  );
}

/**
 * Changes the values that are given.
 *
 * @throws NotFound · ValidationError for the built-in policy · Conflict when the policy has changed
 * since `if_updated_at`
 */
export function updatePolicy(
  context: StoreContext,
  actor: Caller,
  id: string,
  patch: PolicyPatch,
): Promise<PolicyChanged> {
  return commitPolicyChange(context, { actor, operation: 'updatePolicy' }, () => patched(context, id, patch));
}

/** Switches a policy on or off. @throws as {@link updatePolicy} */
export function togglePolicy(
  context: StoreContext,
  actor: Caller,
  id: string,
  to: Pick<PolicyPatch, 'enabled' | 'if_updated_at'>,
): Promise<PolicyChanged> {
  return commitPolicyChange(context, { actor, operation: 'togglePolicy' }, () => patched(context, id, to));
}

/**
 * Removes a definition and keeps its counters.
 *
 * @throws NotFound · ValidationError for the built-in policy
 */
export function deletePolicy(context: StoreContext, actor: Caller, id: string): Promise<PolicyChanged> {
  return commitPolicyChange(context, { actor, operation: 'deletePolicy' }, async () => ({
    before: await find(context, id),
  }));
}

async function patched(context: StoreContext, id: string, patch: PolicyPatch): Promise<Step> {
  const before = await find(context, id);
  await refuseOtherState(context, { id, updated_at: before.updated_at }, patch.if_updated_at);
  const after = {
    ...before,
    name: patch.name ?? before.name,
    priority: patch.priority ?? before.priority,
    enabled: patch.enabled ?? before.enabled,
    match: patch.match ?? before.match,
    updated_at: timestamp(context.clock()),
  };
  return { before, after };
}

/** @throws Conflict when the policy has changed since `if_updated_at` */
export function refuseOtherState(
  context: StoreContext,
  { id, updated_at }: { id: string; updated_at: string | null },
  if_updated_at: number | undefined,
): Promise<void> {
  const now = { what: `Policy ${id}`, updated_at, targets: [`policy:${id}`] };
  return refuseChanged(context, now, if_updated_at);
}

async function find(context: StoreContext, id: string): Promise<DefinedPolicy> {
  refuseBuiltIn(id);
  const policy = await readPolicy(context, id);
  if (!policy) throw noPolicy(id);
  return policy;
}

/** A policy before and after a change. */
export type Step =
  | { before?: DefinedPolicy; after: DefinedPolicy }
  | { before: DefinedPolicy; after?: never };

interface Authorship {
  actor: Caller;
  operation: ChangeOperation;
  client_token?: string | null | undefined;
  given?: object;
}

/**
 * Commits a change with its audit entry. It is conditional on the policies' version that `decide`
 * was given, so that changes have one order.
 */
export function commitPolicyChange(
  context: StoreContext,
  { client_token, given = {}, ...author }: Authorship,
  decide: (meta: PoliciesMeta) => Promise<Step>,
): Promise<PolicyChanged> {
  const request = { owner: author.actor.sub, operation: author.operation, client_token, given };
  return commitOnce(context, request, async begun => {
    const meta = await readPoliciesMeta(context);
    const step = await decide(meta);
    const policy = step.after ?? step.before;
    const target = `policy:${policy.id}`;
    const { tables } = context;
    return {
      actions: [
        ...policyActions(tables, step, { meta, changed_at: timestamp(context.clock()) }),
        auditAction(tables, begun, { ...author, target, ...step }),
      ],
      result: { policy, audit_id: begun.audit_id },
    };
  });
}

/** The actions that change a policy; they fail when any policy has changed since `meta`. */
export function policyActions(
  tables: TableNames,
  step: Step,
  { meta, changed_at }: { meta: PoliciesMeta; changed_at: string },
): WriteAction[] {
  return [
    policyAction(tables.network, step, meta.version + 1),
    metaAction(tables.network, step, { meta, changed_at }),
    // A deleted policy must not keep its cached decisions.
    ...(step.after ? [] : [forgetDecisions(tables)]),
  ];
}

const IS_NEW = conditionOf({ expression: 'attribute_not_exists(#pk)' });
const IS_THERE = conditionOf({ expression: 'attribute_exists(#pk)' });

function policyAction(TableName: string, { before, after }: Step, version: number): WriteAction {
  if (after) return { Put: { TableName, Item: toItem(after, version), ...(before ? IS_THERE : IS_NEW) } };
  return { Delete: { TableName, Key: { pk: POLICY_PARTITION, sk: before.id }, ...IS_THERE } };
}

function metaAction(
  TableName: string,
  { before, after }: Step,
  { meta, changed_at }: { meta: PoliciesMeta; changed_at: string },
): WriteAction {
  const { id } = after ?? before;
  const next: PoliciesMeta = {
    version: meta.version + 1,
    next_id: meta.next_id,
    last_id: before ? meta.last_id : laterId(id, meta.last_id),
    count: meta.count + (after ? 1 : 0) - (before ? 1 : 0),
    last_change: { id, deleted: !after },
    changed_at,
  };
  const isUnchanged = conditionOf({ expression: '#version = :version', values: { version: meta.version } });
  const Item = { ...META_KEY, ...next };
  return { Put: { TableName, Item, ...(meta.version === 0 ? IS_NEW : isUnchanged) } };
}

/** The later of two ids: a policy that is defined again keeps its earlier id. */
function laterId(id: string, last: string | null): string {
  return last === null || comparePolicyIds(id, last) > 0 ? id : last;
}
