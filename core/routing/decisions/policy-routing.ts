import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { noPolicy } from '../../errors.ts';
import { ROUTING_PARTITION } from '../../inventory/policies/policy-items.ts';
import { readPolicies, readPolicy } from '../../inventory/policies/read-policies.ts';
import { DEFAULT_POLICY_ID } from '../../policy/policy.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { Item } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
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

/** How one policy routes; the defaults where nothing else was set. */
export async function readPolicyRouting(context: StoreContext, policyId: string): Promise<PolicyRouting> {
  const key = { pk: ROUTING_PARTITION, sk: policyId };
  return (await readItem(context, key, policyRoutingSchema)) ?? DEFAULT_ROUTING;
}

/** How the policies route for which it was set. */
export async function readAllPolicyRouting(context: StoreContext): Promise<Map<string, PolicyRouting>> {
  const items = await queryAll(context, { pk: ROUTING_PARTITION });
  return new Map(items.map(item => [String(item.sk), fromItem(item)]));
}

/** Every enabled policy, the built-in one included, and how it routes. */
export async function readEnabledRouting(context: StoreContext): Promise<Map<string, PolicyRouting>> {
  const [{ defined }, routing] = await Promise.all([readPolicies(context), readAllPolicyRouting(context)]);
  const ids = [...defined.filter(policy => policy.enabled).map(policy => policy.id), DEFAULT_POLICY_ID];
  return new Map(ids.map(id => [id, routing.get(id) ?? DEFAULT_ROUTING]));
}

/** Changes how a policy routes, and has every decision made anew. @throws NotFound */
export function setPolicyRouting(
  context: StoreContext,
  actor: Caller,
  { policy_id, routing }: { policy_id: string; routing: PolicyRouting },
): Promise<PolicyRouting> {
  const { tables } = context;
  return commitChange(context, async begun => {
    const { before, putInstead } = await planRouting(context, policy_id);
    const actions = putInstead(routing);
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'setPolicyRouting',
      target: `policy:${policy_id}`,
      before,
      after: routing,
    });
    return { actions: [...actions, audit], result: routing };
  });
}

export interface RoutingPlan {
  before: PolicyRouting;
  /** Puts another in its place, while it is as it was read. */
  putInstead(routing: PolicyRouting): WriteAction[];
}

/** How a policy routes now, and what changes it. @throws NotFound */
export async function planRouting(context: StoreContext, policy_id: string): Promise<RoutingPlan> {
  const { tables } = context;
  await requirePolicy(context, policy_id);
  const item = await getItem(context, { pk: ROUTING_PARTITION, sk: policy_id });
  const revision = Number(item?.revision ?? 0);
  const unchanged = conditionOf(
    item
      ? { expression: '#revision = :revision', values: { revision } }
      : { expression: 'attribute_not_exists(#pk)' },
  );
  return {
    before: item ? fromItem(item) : DEFAULT_ROUTING,
    putInstead(routing) {
      const Item = { pk: ROUTING_PARTITION, sk: policy_id, revision: revision + 1, ...routing };
      return [{ Put: { TableName: tables.network, Item, ...unchanged } }, forgetDecisions(tables)];
    },
  };
}

/** @throws NotFound unless the policy is defined or the built-in one */
export async function requirePolicy(context: StoreContext, policyId: string): Promise<void> {
  if (policyId === DEFAULT_POLICY_ID || (await readPolicy(context, policyId))) return;
  throw noPolicy(policyId);
}

const fromItem = (item: Item): PolicyRouting => parseItem(policyRoutingSchema, item);
