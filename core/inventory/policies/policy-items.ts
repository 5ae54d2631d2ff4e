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

/** The one item that every change of a policy goes through, so that changes have an order. */
export interface PoliciesMeta {
  /** Grows by one with every change. */
  version: number;
  /**
   * The number that earlier releases give the next policy: kept for them, and not used any more.
   */
  next_id: number;
  /**
   * The id that was given last, so that the next one is later; null before the first, and in what
   * earlier releases wrote.
   */
  last_id: string | null;
  /** How many are defined. */
  count: number;
  /** What the last change did, so that a reader sees whether it sees all of it. */
  last_change: { id: string; deleted: boolean } | null;
  /** When that was, RFC 3339; not there in what earlier releases wrote. */
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

/** How many policies may be defined: their list is read as a whole. */
export const MAX_POLICIES = 1000;

export const POLICY_PARTITION = 'POLICY';
/** How a policy routes, where it differs from the defaults: an item a policy. */
export const ROUTING_PARTITION = 'ROUTING';
export const META_KEY = { pk: POLICY_PARTITION, sk: '#META' } as const;
export const NO_POLICIES: PoliciesMeta = {
  version: 0,
  next_id: 1,
  last_id: null,
  count: 0,
  last_change: null,
};

// Types only: ranges were checked on the way in, by the rules of the release that stored the
// policy.
const matchSchema: z.ZodType<PolicyMatch> = z.object({
  source_cidr: z.string().exactOptional(),
  destination_cidr: z.string().exactOptional(),
  source_port: z.number().exactOptional(),
  destination_port_from: z.number().exactOptional(),
  destination_port_to: z.number().exactOptional(),
  protocol: z.number().exactOptional(),
  application: z.enum(APPLICATION_CLASSES).exactOptional(),
});

/** A policy as it is stored; `version` is the policies' version that its last change made. */
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

/** A policy as audit entries hold it. */
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
 * Highest priority first, the one defined earlier first among equals: the order in which edges
 * match, and in which lists show them.
 */
export function comparePolicies(a: OrderedPolicy, b: OrderedPolicy): number {
  return b.priority - a.priority || comparePolicyIds(a.id, b.id);
}

export type OrderedPolicy = Pick<PolicyRule, 'id' | 'priority'>;
