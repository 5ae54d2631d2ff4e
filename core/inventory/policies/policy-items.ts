import { z } from 'zod';
import { APPLICATION_CLASSES } from '../../policy/application-class.ts';
import type { PolicyMatch, PolicyRule } from '../../policy/policy.ts';
import { comparePolicyIds } from '../../policy/policy-match.ts';

/** A policy that an operator defined. */
export interface DefinedPolicy extends PolicyRule {
  /** RFC 3339, UTC. */
  created_at: string;
  updated_at: string;
}

/** The item that every change of a policy updates, so that changes have one order. */
export interface PoliciesMeta {
  /** Raised by one with every change. */
  version: number;
  /** The number that earlier releases give the next policy: kept for them, and unused here. */
  next_id: number;
  /**
   * The newest id, so that the next one is later; null without one and in items of old releases.
   */
  last_id: string | null;
  /** How many policies are defined. */
  count: number;
  /** The last change, so that a reader knows whether it has read all of it. */
  last_change: { id: string; deleted: boolean } | null;
  /** Time of the last change, RFC 3339; missing in items of earlier releases. */
  changed_at?: string | undefined;
}

export const policiesMetaSchema: z.ZodType<PoliciesMeta> = z.object({
  version: z.number(),
  next_id: z.number(),
  last_id: z.string().nullable().default(null),
  count: z.number(),
  last_change: z.object({ id: z.string(), deleted: z.boolean() }).nullable().default(null),
  changed_at: z.string().optional(),
});

/** Maximum of defined policies: their list is read as a whole. */
export const MAX_POLICIES = 1000;

export const POLICY_PARTITION = 'POLICY';
/** How policies route, one item for each policy that differs from the defaults. */
export const ROUTING_PARTITION = 'ROUTING';
export const META_KEY = { pk: POLICY_PARTITION, sk: '#META' } as const;
export const NO_POLICIES: PoliciesMeta = {
  version: 0,
  next_id: 1,
  last_id: null,
  count: 0,
  last_change: null,
};

// Checks types, no ranges: the release that stored the policy has validated it by its own rules.
const matchSchema: z.ZodType<PolicyMatch> = z.object({
  source_cidr: z.string().exactOptional(),
  destination_cidr: z.string().exactOptional(),
  source_port: z.number().exactOptional(),
  destination_port_from: z.number().exactOptional(),
  destination_port_to: z.number().exactOptional(),
  protocol: z.number().exactOptional(),
  application: z.enum(APPLICATION_CLASSES).exactOptional(),
});

/** A stored policy; `version` is the policies' version after its last change. */
export const policyItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  name: z.string(),
  priority: z.number(),
  enabled: z.boolean(),
  match: matchSchema,
  created_at: z.string(),
  updated_at: z.string(),
});

export type PolicyItem = z.output<typeof policyItemSchema>;

/** A policy in audit entries. */
export const definedPolicySchema: z.ZodType<DefinedPolicy> = policyItemSchema
  .omit({ pk: true, sk: true, version: true })
  .extend({ id: z.string() });

export function toItem(policy: DefinedPolicy, version: number): PolicyItem {
  const { id, ...rest } = policy;
  return { pk: POLICY_PARTITION, sk: id, version, ...rest };
}

export function fromItem({ pk: _, sk, version: __, ...rest }: PolicyItem): DefinedPolicy {
  return { id: sk, ...rest };
}

/**
 * Compares by descending priority, then by ascending time of definition: the order in which edges
 * match policies and lists show them.
 */
export function comparePolicies(a: OrderedPolicy, b: OrderedPolicy): number {
  return b.priority - a.priority || comparePolicyIds(a.id, b.id);
}

export type OrderedPolicy = Pick<PolicyRule, 'id' | 'priority'>;
