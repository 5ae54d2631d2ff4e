import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { refuseChanged } from '../../audit/refuse-changed.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { noPolicy } from '../../errors.ts';
import { type DefinedPolicy, ROUTING_PARTITION } from '../../inventory/policies/policy-items.ts';
import { readPolicies, readPolicy } from '../../inventory/policies/read-policies.ts';
import { DEFAULT_POLICY_ID } from '../../policy/policy.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { Item } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { getItem, queryAll } from '../../storage/strong-reads.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { DEFAULT_PREFERENCE, pathPreferenceSchema } from '../choice/path-preference.ts';
import { DEFAULT_FAILOVER, failoverSettingsSchema } from '../failover/failover-settings.ts';

/** How a policy chooses its paths, and when it leaves them. */
export const policyRoutingSchema = z.object({
  preference: pathPreferenceSchema.default(DEFAULT_PREFERENCE),
  failover: failoverSettingsSchema.default(DEFAULT_FAILOVER),
});

export type PolicyRouting = z.infer<typeof policyRoutingSchema>;

export const DEFAULT_ROUTING: PolicyRouting = policyRoutingSchema.parse({});

/** How one policy routes; the defaults if nothing was set. */
export async function readPolicyRouting(context: StoreContext, policyId: string): Promise<PolicyRouting> {
  const key = { pk: ROUTING_PARTITION, sk: policyId };
  return (await readItem(context, key, policyRoutingSchema)) ?? DEFAULT_ROUTING;
}

/**
 * How a policy routes, and when that was last set: if never, when the policy was defined, and null
 * for the built-in one.
 * @throws NotFound
 */
export async function readPolicyRoutingDated(
  context: StoreContext,
  policyId: string,
): Promise<{ routing: PolicyRouting; updated_at: string | null }> {
  const { before: routing, updated_at } = await planRouting(context, policyId);
  return { routing, updated_at };
}

/** How policies route, by policy id; policies with the defaults are not in it. */
export async function readAllPolicyRouting(context: StoreContext): Promise<Map<string, PolicyRouting>> {
  const items = await queryAll(context, { pk: ROUTING_PARTITION });
  return new Map(items.map(item => [String(item.sk), fromItem(item)]));
}

/** Every enabled policy, the built-in one included, and how it routes. */
export async function readEnabledRouting(context: StoreContext): Promise<Map<string, PolicyRouting>> {
  const [{ defined }, routing] = await Promise.all([readPolicies(context), readAllPolicyRouting(context)]);
  return enabledRouting(defined, routing);
}

/** How each enabled one of these policies and the built-in one route. */
export function enabledRouting(
  defined: readonly DefinedPolicy[],
  routing: ReadonlyMap<string, PolicyRouting>,
): Map<string, PolicyRouting> {
  const ids = [...defined.filter(policy => policy.enabled).map(policy => policy.id), DEFAULT_POLICY_ID];
  return new Map(ids.map(id => [id, routing.get(id) ?? DEFAULT_ROUTING]));
}

/**
 * Changes how a policy routes, and invalidates every decision.
 * @throws NotFound · Conflict when it was changed since `if_updated_at`
 */
export function setPolicyRouting(
  context: StoreContext,
  actor: Caller,
  {
    policy_id,
    routing,
    if_updated_at,
  }: { policy_id: string; routing: PolicyRouting; if_updated_at?: number | undefined },
): Promise<{ routing: PolicyRouting; updated_at: string }> {
  const { tables } = context;
  return commitChange(context, async begun => {
    const { before, updated_at, putInstead } = await planRouting(context, policy_id);
    const what = `The routing of policy ${policy_id}`;
    await refuseChanged(context, { what, updated_at, targets: [`policy:${policy_id}`] }, if_updated_at);
    const now = timestamp(context.clock());
    const actions = putInstead(routing, now);
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'setPolicyRouting',
      target: `policy:${policy_id}`,
      before,
      after: routing,
    });
    return { actions: [...actions, audit], result: { routing, updated_at: now } };
  });
}

export interface RoutingPlan {
  before: PolicyRouting;
  /** When it was last set: if never, when the policy was defined, and null for the built-in one. */
  updated_at: string | null;
  /** The actions that replace it, on condition that it was not changed since it was read. */
  putInstead(routing: PolicyRouting, updated_at: string): WriteAction[];
}

/** How a policy routes now, and the actions that change that. @throws NotFound */
export async function planRouting(context: StoreContext, policy_id: string): Promise<RoutingPlan> {
  const { tables } = context;
  const policy = await requirePolicy(context, policy_id);
  const item = await getItem(context, { pk: ROUTING_PARTITION, sk: policy_id });
  const revision = Number(item?.revision ?? 0);
  const unchanged = conditionOf(
    item
      ? { expression: '#revision = :revision', values: { revision } }
      : { expression: 'attribute_not_exists(#pk)' },
  );
  return {
    before: item ? fromItem(item) : DEFAULT_ROUTING,
    updated_at: String(item?.updated_at ?? policy?.created_at ?? '') || null,
    putInstead(routing, updated_at) {
      const Item = { pk: ROUTING_PARTITION, sk: policy_id, revision: revision + 1, updated_at, ...routing };
      return [{ Put: { TableName: tables.network, Item, ...unchanged } }, forgetDecisions(tables)];
    },
  };
}

/** The policy; undefined: the built-in one. @throws NotFound if it isn't defined */
export async function requirePolicy(
  context: StoreContext,
  policyId: string,
): Promise<DefinedPolicy | undefined> {
  if (policyId === DEFAULT_POLICY_ID) return undefined;
  const policy = await readPolicy(context, policyId);
  if (policy) return policy;
  throw noPolicy(policyId);
}

const fromItem = (item: Item): PolicyRouting => parseItem(policyRoutingSchema, item);
