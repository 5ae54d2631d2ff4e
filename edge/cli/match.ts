import { explainMatch, type MatchExplanation, type PolicyVerdict } from '../../core/policy/explain-match.ts';
import { DEFAULT_POLICY_ID, type PolicyRule } from '../../core/policy/policy.ts';
import { type UnreachablePolicy, unreachablePolicies } from '../../core/policy/unreachable-policies.ts';
import { EdgeError } from '../edge-error.ts';
import { readPoliciesFile } from '../policies/policies-file.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import { openGraphql } from '../system/open-graphql.ts';
import type { MatchOptions } from './match-options.ts';
import { userPath } from './option-values.ts';
import { targetOptions } from './system-options.ts';

/**
 * `edge match`: shows which policy matches a flow, why the others don't, and which policies can
 * never match.
 */
export async function match(options: MatchOptions): Promise<number> {
  const policies = await readPolicies(options);
  const { src, dst, protocol } = options;
  const flow = { src: src.address, src_port: src.port, dst: dst.address, dst_port: dst.port, protocol };
  const explanation = explainMatch(policies, flow);
  const unreachable = unreachablePolicies(policies);
  const text = options.json
    ? JSON.stringify({ ...explanation, unreachable })
    : describe(policies, explanation, unreachable);
  process.stdout.write(`${text}\n`);
  return 0;
}

async function readPolicies(options: MatchOptions): Promise<PolicyRule[]> {
  if (options.policies !== undefined) {
    return (await readPoliciesFile(userPath(options.policies), options.policies)).policies;
  }
  const graphql = await openGraphql(targetOptions(options));
  if (!graphql) {
    throw new EdgeError(
      'No local system is running: give --policies FILE, or --graphql for a system in the cloud.',
    );
  }
  return (await readSystemPolicies(graphql)).policies;
}

function describe(
  policies: readonly PolicyRule[],
  { policy_id, others }: MatchExplanation,
  unreachable: readonly UnreachablePolicy[],
): string {
  const names = new Map(policies.map(({ id, name }) => [id, name === '' ? id : `${id} (${name})`]));
  const nameOf = (id: string) => names.get(id) ?? id;
  return [
    `Policy ${nameOf(policy_id)} matches it.`,
    ...others.map(verdict => `  ${nameOf(verdict.policy_id)}: ${reasonOf(verdict)}`),
    ...unreachable.map(
      ({ policy_id: id, shadowed_by }) =>
        `Policy ${nameOf(id)} can never match: ${
          shadowed_by.length > 0
            ? `${shadowed_by.map(nameOf).join(', ')} come${shadowed_by.length === 1 ? 's' : ''} first and match${shadowed_by.length === 1 ? 'es' : ''} all of it.`
            : 'no flow meets all of its conditions.'
        }`,
    ),
  ].join('\n');
}

function reasonOf(verdict: PolicyVerdict): string {
  if (verdict.reason === 'disabled') return 'is disabled.';
  if (verdict.policy_id === DEFAULT_POLICY_ID) return 'matches only what no other policy matches.';
  if (verdict.reason === 'comes_later') return 'would match, but comes later.';
  const { condition, wanted, found } = verdict;
  return `${condition} must be ${wanted}, but is ${found}.`;
}
