import { z } from 'zod';
import { isEdgeSession } from '../../../core/access/edge-identity.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { presentActiveFlows } from '../../../core/answers/present-active-flows.ts';
import { estimatedShare } from '../../../core/answers/present-counts.ts';
import { presentPolicyMatch } from '../../../core/answers/present-policy-match.ts';
import { presentCountedSince, presentRate } from '../../../core/answers/present-rate.ts';
import { ifUpdatedAt } from '../../../core/audit/refuse-changed.ts';
import {
  createPolicy,
  deletePolicy,
  type PolicyChanged,
  togglePolicy,
  updatePolicy,
} from '../../../core/inventory/policies/change-policies.ts';
import {
  builtIn,
  type ListedPolicy,
  type ListPosition,
  listed,
  POLICY_ORDERS,
  type PolicyOrder,
  positionOf,
  undefinedPolicy,
} from '../../../core/inventory/policies/list-policies.ts';
import { pagePolicies } from '../../../core/inventory/policies/page-policies.ts';
import { newPolicySchema, policyPatchSchema } from '../../../core/inventory/policies/policy-input.ts';
import { type Policies, readPolicies, readPolicy } from '../../../core/inventory/policies/read-policies.ts';
import { noCounts } from '../../../core/ledger/figures/read-counters.ts';
import { readShownCountersOf, type ShownCounts } from '../../../core/ledger/figures/shown-counters.ts';
import { DEFAULT_POLICY_ID } from '../../../core/policy/policy.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { repeatUntil } from '../../../core/storage/retrying.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { Policy } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { edgeMemoryOf } from '../edge-memory.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';
import { wholeNumber } from '../whole-number.ts';

type PolicyOperation =
  | 'Query.policies'
  | 'Query.policy'
  | 'Mutation.createPolicy'
  | 'Mutation.updatePolicy'
  | 'Mutation.deletePolicy'
  | 'Mutation.togglePolicy';

const policyId = z.object({ id: idArgument });

const TEXT_RULE = 'filter.text must have at most 200 characters.';

const filterArgument = z
  .object({ text: z.string().max(200, TEXT_RULE).nullish(), enabled: z.boolean().nullish() })
  .nullish();

/** Pages up to this size are free. */
const FREE_POLICIES = 100;
export const policyTarget = ({ id }: { id: string }) => `policy:${id}`;

export const policyResolvers: Pick<Resolvers, PolicyOperation> = {
  'Query.policies': resolver({
    arguments: z.object({
      ...pageArguments,
      limit: wholeNumber('limit', { max: 1000, fallback: 25 }),
      filter: filterArgument,
      order_by: z.enum(POLICY_ORDERS).nullish(),
      defined_only: z.boolean().nullish(),
      policies_version: z.string().nullish(),
    }),
    cost: ({ limit }) => (limit > FREE_POLICIES ? COSTS.many_policies : 0),
    async resolve({ limit, next_token, filter, order_by, defined_only, policies_version }, call) {
      const order = order_by ?? 'PRIORITY';
      const start = readPosition(next_token, order);
      const as_of = timestamp(call.context.clock());
      const { version, defined } = await readPoliciesFor(call, policies_version);
      const { lines, more, total, counts } = await pagePolicies(call.context, defined, {
        ...{ start, limit, order },
        filter: filter ?? {},
        undefined_too: !defined_only,
        with_counts: selectsCounts(call, 'items'),
      });
      return {
        items: lines.map(policy => present(policy, counts)),
        next_token: more ? makePosition(lines.at(-1)!, order) : null,
        total,
        policies_version: String(version),
        as_of,
      };
    },
  }),

  'Query.policy': resolver({
    arguments: policyId,
    async resolve({ id }, call) {
      const defined = id === DEFAULT_POLICY_ID ? builtIn : await readPolicy(call.context, id);
      if (defined) {
        const counts = selectsCounts(call, '') ? await readShownCountersOf(call.context, [id]) : undefined;
        return present('built_in' in defined ? defined : listed(defined), counts);
      }
      const counts = await readShownCountersOf(call.context, [id]);
      return counts.has(id) ? present(undefinedPolicy(id), counts) : null;
    },
  }),

  'Mutation.createPolicy': resolver({
    arguments: newPolicySchema,
    async resolve(input, call) {
      const { policy } = await createPolicy(call.context, call.caller, input);
      // No edge can have counted under a new id.
      return present(listed(policy), selectsCounts(call, '') ? new Map() : undefined);
    },
  }),

  'Mutation.updatePolicy': resolver({
    arguments: policyPatchSchema.and(policyId),
    target: policyTarget,
    resolve: ({ id, ...patch }, call) =>
      changedPolicy(call, id, () => updatePolicy(call.context, call.caller, id, patch)),
  }),

  'Mutation.togglePolicy': resolver({
    arguments: policyId.extend({ enabled: z.boolean(), if_updated_at: ifUpdatedAt }),
    target: policyTarget,
    resolve: ({ id, ...to }, call) =>
      changedPolicy(call, id, () => togglePolicy(call.context, call.caller, id, to)),
  }),

  'Mutation.deletePolicy': resolver({
    arguments: policyId,
    target: policyTarget,
    async resolve({ id }, call) {
      const { policy, audit_id } = await deletePolicy(call.context, call.caller, id);
      const message = `Policy ${id} (${policy.name}) is deleted. Its counters are kept and shown under its id.`;
      return { success: true, message, audit_id };
    },
  }),
};

/** An edge that names a version may get policies that this container read for another edge. */
function readPoliciesFor(call: Call, policies_version: string | null | undefined): Promise<Policies> {
  if (!policies_version || !isEdgeSession(call.caller, call.edge_roles)) return readPolicies(call.context);
  return edgeMemoryOf(call).policies.read(call.context, Number(policies_version));
}

const DEFINITION_FIELDS = [
  'id',
  'name',
  'priority',
  'enabled',
  'match',
  'defined',
  'built_in',
  'created_at',
  'updated_at',
  '__typename',
] as const satisfies (keyof Policy | '__typename')[];

function selectsCounts({ selection }: Call, path: string): boolean {
  return !selectsOnly(selection, path, DEFINITION_FIELDS);
}

/**
 * Changes the policy `id` and returns it. Its counters are read before the change, because nothing
 * may fail after it.
 */
export async function changedPolicy(
  call: Call,
  id: string,
  change: () => Promise<PolicyChanged>,
): Promise<Policy> {
  const { context } = call;
  const counts = selectsCounts(call, '')
    ? await repeatUntil(context, () => readShownCountersOf(context, [id]))
    : undefined;
  const { policy } = await change();
  return present(listed(policy), counts);
}

function present(policy: ListedPolicy, counts: ReadonlyMap<string, ShownCounts> | undefined): Policy {
  return {
    ...policy,
    match: presentPolicyMatch(policy.match),
    ...presentCounts(counts && (counts.get(policy.id) ?? noCounts())),
  };
}

type CountFields = Omit<Policy, (typeof DEFINITION_FIELDS)[number]>;

// Counts that are not selected are not read and are missing in the answer. If they were selected
// after all, the API would refuse the answer; an invented 0 would look valid.
function presentCounts(counts: ShownCounts | undefined): CountFields {
  if (counts === undefined) return {} as CountFields;
  return {
    packets_matched: Number(counts.packets),
    bytes_matched: Number(counts.bytes),
    packets_matched_exact: String(counts.packets),
    bytes_matched_exact: String(counts.bytes),
    estimated_share: estimatedShare(counts),
    active_flows: presentActiveFlows(counts.active_flows),
    rate: presentRate(counts),
    counted_since: presentCountedSince(counts),
  };
}

/** The order is part of the kind: a position is valid in one order only. */
const tokenKind = (order: PolicyOrder) => (order === 'PRIORITY' ? 'policies' : `policies by ${order}`);

function makePosition(policy: ListedPolicy, order: PolicyOrder): string {
  const { rank, value, id } = positionOf(policy, order);
  return makePageToken(tokenKind(order), [String(rank), value, id]);
}

function readPosition(token: string | null | undefined, order: PolicyOrder): ListPosition | undefined {
  const value = order === 'PRIORITY' ? /^\d{1,4}$/ : /^.{0,128}$/su;
  const position = readPageToken(tokenKind(order), token, [/^[012]$/, value, /^.{1,128}$/su]);
  return position && { rank: Number(position[0]), value: position[1]!, id: position[2]! };
}
