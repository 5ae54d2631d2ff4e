import { z } from 'zod';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { presentActiveFlows } from '../../../core/answers/present-active-flows.ts';
import { estimatedShare } from '../../../core/answers/present-counts.ts';
import { presentCounterRates } from '../../../core/answers/present-rate.ts';
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
  positionOf,
  undefinedPolicy,
} from '../../../core/inventory/policies/list-policies.ts';
import { pagePolicies } from '../../../core/inventory/policies/page-policies.ts';
import { newPolicySchema, policyPatchSchema } from '../../../core/inventory/policies/policy-input.ts';
import { readPolicies, readPolicy } from '../../../core/inventory/policies/read-policies.ts';
import { noCounts } from '../../../core/ledger/figures/read-counters.ts';
import { readShownCountersOf, type ShownCounts } from '../../../core/ledger/figures/shown-counters.ts';
import { DEFAULT_POLICY_ID } from '../../../core/policy/policy.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { repeatUntil } from '../../../core/storage/retrying.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { Policy } from '../../../graphql/schema.generated.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';

type PolicyOperation =
  | 'Query.policies'
  | 'Query.policy'
  | 'Mutation.createPolicy'
  | 'Mutation.updatePolicy'
  | 'Mutation.deletePolicy'
  | 'Mutation.togglePolicy';

const policyId = z.object({ id: idArgument });
const target = ({ id }: { id: string }) => `policy:${id}`;

export const policyResolvers: Pick<Resolvers, PolicyOperation> = {
  'Query.policies': resolver({
    arguments: z.object({ ...pageArguments, defined_only: z.boolean().nullish() }),
    async resolve({ limit, next_token, defined_only }, call) {
      const start = readPosition(next_token);
      const { version, defined } = await readPolicies(call.context);
      const { lines, more, counts } = await pagePolicies(call.context, defined, {
        start,
        limit,
        undefined_too: !defined_only,
        with_counts: selectsCounts(call, 'items'),
      });
      return {
        items: await presentAll(call, lines, counts),
        next_token: more ? makePosition(lines.at(-1)!) : null,
        policies_version: String(version),
      };
    },
  }),

  'Query.policy': resolver({
    arguments: policyId,
    async resolve({ id }, call) {
      const defined = id === DEFAULT_POLICY_ID ? builtIn : await readPolicy(call.context, id);
      if (defined) {
        const counts = selectsCounts(call, '') ? await readShownCountersOf(call.context, [id]) : undefined;
        return presentOne(call, 'built_in' in defined ? defined : listed(defined), counts);
      }
      const counts = await readShownCountersOf(call.context, [id]);
      return counts.has(id) ? presentOne(call, undefinedPolicy(id), counts) : null;
    },
  }),

  'Mutation.createPolicy': resolver({
    arguments: newPolicySchema,
    async resolve(input, call) {
      const { policy } = await createPolicy(call.context, call.caller, input);
      // No edge can have counted under an id that was made just now.
      return presentOne(call, listed(policy), selectsCounts(call, '') ? new Map() : undefined);
    },
  }),

  'Mutation.updatePolicy': resolver({
    arguments: policyPatchSchema.and(policyId),
    target,
    resolve: ({ id, ...patch }, call) =>
      changed(call, id, () => updatePolicy(call.context, call.caller, id, patch)),
  }),

  'Mutation.togglePolicy': resolver({
    arguments: policyId.extend({ enabled: z.boolean() }),
    target,
    resolve: ({ id, enabled }, call) =>
      changed(call, id, () => togglePolicy(call.context, call.caller, id, enabled)),
  }),

  'Mutation.deletePolicy': resolver({
    arguments: policyId,
    target,
    async resolve({ id }, call) {
      const { policy, audit_id } = await deletePolicy(call.context, call.caller, id);
      const message = `Policy ${id} (${policy.name}) is deleted; what it has counted stays, shown under its id.`;
      return { success: true, message, audit_id };
    },
  }),
};

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

/** `id` is that of the policy that is changed. Its counters are read first: once the change is made, nothing may fail any more. */
async function changed(call: Call, id: string, change: () => Promise<PolicyChanged>): Promise<Policy> {
  const { context } = call;
  const counts = selectsCounts(call, '')
    ? await repeatUntil(context, () => readShownCountersOf(context, [id]))
    : undefined;
  const shown = await repeatUntil(context, () => countFields(call, [id], counts));
  const { policy } = await change();
  const after = listed(policy);
  return { ...after, match: presentMatch(after), ...shown[0]! };
}

type Counters = ReadonlyMap<string, ShownCounts> | undefined;

async function presentAll(
  call: Call,
  policies: readonly ListedPolicy[],
  counts: Counters,
): Promise<Policy[]> {
  const ids = policies.map(({ id }) => id);
  const shown = await countFields(call, ids, counts);
  return policies.map((policy, index) => ({ ...policy, match: presentMatch(policy), ...shown[index]! }));
}

async function presentOne(call: Call, policy: ListedPolicy, counts: Counters): Promise<Policy> {
  return (await presentAll(call, [policy], counts))[0]!;
}

function presentMatch({ match }: ListedPolicy): Policy['match'] {
  return {
    source_cidr: match.source_cidr ?? null,
    destination_cidr: match.destination_cidr ?? null,
    source_port: match.source_port ?? null,
    destination_port_from: match.destination_port_from ?? null,
    destination_port_to: match.destination_port_to ?? null,
    protocol: match.protocol ?? null,
    application: match.application ?? null,
  };
}

type CountFields = Omit<Policy, (typeof DEFINITION_FIELDS)[number]>;

// Counts that were not selected are not read and not there. Were they selected after all, the API
// would refuse the answer for the missing fields, where a made-up 0 would be believed.
async function countFields(call: Call, ids: readonly string[], counts: Counters): Promise<CountFields[]> {
  if (counts === undefined) return ids.map(() => ({}) as CountFields);
  const as_of = timestamp(call.context.clock());
  const found: ShownCounts[] = ids.map(id => counts.get(id) ?? noCounts());
  const rates = await presentCounterRates(found, call.context);
  return found.map((each, index) => ({
    packets_matched: Number(each.packets),
    bytes_matched: Number(each.bytes),
    packets_matched_exact: String(each.packets),
    bytes_matched_exact: String(each.bytes),
    estimated_share: estimatedShare(each),
    active_flows: presentActiveFlows(each.active_flows),
    rate: rates[index]!,
    as_of,
    counted_since: each.counted_since_ms === undefined ? null : timestamp(each.counted_since_ms),
  }));
}

const TOKEN_KIND = 'policies';

function makePosition(policy: ListedPolicy): string {
  const { rank, priority, id } = positionOf(policy);
  return makePageToken(TOKEN_KIND, [String(rank), String(priority), id]);
}

function readPosition(token: string | null | undefined): ListPosition | undefined {
  const position = readPageToken(TOKEN_KIND, token, [/^[012]$/, /^\d{1,4}$/, /^.{1,128}$/su]);
  return position && { rank: Number(position[0]), priority: Number(position[1]), id: position[2]! };
}
