import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { APPLICATION_CLASSES } from '../../core/policy/application-class.ts';
import { DEFAULT_POLICY_ID, type PolicyMatch, type PolicyRule } from '../../core/policy/policy.ts';
import { policyRuleSchema } from '../../core/policy/policy-schema.ts';
import { EdgeError } from '../edge-error.ts';
import { SystemRefused } from '../system/system-client.ts';
import type { PolicySet } from './policy-set.ts';

/**
 * Without counters, which need additional reads. Systems of earlier releases know neither argument.
 */
const policiesQuery = (names: boolean) => `query Policies(
  $next_token: String${names ? ', $policies_version: String' : ''}
) {
  policies(
    limit: 100, next_token: $next_token
    ${names ? 'defined_only: true, policies_version: $policies_version' : ''}
  ) {
    items {
      id name priority enabled defined
      match { source_cidr destination_cidr source_port destination_port_from destination_port_to protocol application }
    }
    next_token
    policies_version
  }
}`;

const page = z.object({
  policies: z.object({
    items: z.array(
      z
        .object({ id: z.string(), defined: z.boolean(), match: z.record(z.string(), z.unknown()).nullish() })
        .loose(),
    ),
    next_token: z.string().nullish(),
    policies_version: z.string(),
  }),
});

/**
 * Reads the system's policies, of version `at_least` or a newer one; without it, the current ones.
 * @throws EdgeError if the system can't be reached, or has unknown rules
 */
export async function readSystemPolicies(graphql: GraphqlClient, at_least?: string): Promise<PolicySet> {
  const items: z.infer<typeof page>['policies']['items'] = [];
  let next_token: string | null | undefined;
  let version: string | undefined;
  do {
    const asked = { next_token: next_token ?? null, policies_version: version ?? at_least ?? null };
    const { policies } = pageOf(await readPage(graphql, asked));
    items.push(...policies.items);
    // Later pages may be newer. The set has the first page's version: with a later one, the edge
    // would never read changes on earlier pages.
    version ??= policies.policies_version;
    next_token = policies.next_token;
  } while (next_token);
  const policies = items
    .filter(({ id, defined }) => defined && id !== DEFAULT_POLICY_ID)
    .map(item => understood({ ...item, match: given(item.match ?? {}) }));
  return { version, policies };
}

async function readPage(
  graphql: GraphqlClient,
  asked: { next_token: string | null; policies_version: string | null },
): Promise<unknown> {
  try {
    return await graphql.query(policiesQuery(true), asked);
  } catch (cause) {
    const isOld = cause instanceof SystemRefused && /defined_only|policies_version/.test(cause.message);
    if (!isOld) throw cause;
    return graphql.query(policiesQuery(false), { next_token: asked.next_token });
  }
}

function pageOf(data: unknown): z.infer<typeof page> {
  const result = page.safeParse(data);
  if (result.success) return result.data;
  throw new EdgeError(
    "The system's answer about its policies has an unknown form: update this edge program, or give --policies FILE.",
    { cause: result.error },
  );
}

function understood(item: { id: string; match: PolicyMatch }): PolicyRule {
  const result = policyRuleSchema.safeParse(item);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues as [z.core.$ZodIssue];
  throw new EdgeError(
    `Policy ${item.id} of the system has an unknown form: ${path.join('.')} ${message}. Update this edge program, or give --policies FILE.`,
  );
}

/** The match rules that are set. GraphQL may return an application class in another case. */
function given(match: Record<string, unknown>): PolicyMatch {
  const rules = Object.fromEntries(Object.entries(match).filter(([, value]) => value !== null));
  const written = String(rules.application).toLowerCase();
  const application = APPLICATION_CLASSES.find(name => name.toLowerCase() === written);
  return { ...rules, ...(application && { application }) };
}
