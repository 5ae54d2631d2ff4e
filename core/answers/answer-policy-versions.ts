import type { PolicyVersionConnection, PolicyVersion as Presented } from '../../graphql/schema.generated.ts';
import type { AuditView } from '../audit/audit-view.ts';
import type { DefinedPolicy } from '../inventory/policies/policy-items.ts';
import {
  changesOf,
  isSameDefinition,
  type PolicyVersion,
  readPolicyVersions,
} from '../inventory/policies/policy-versions.ts';
import { readPolicy } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { presentPolicyMatch } from './present-policy-match.ts';

/** `policyVersions`: one page. @throws ValidationError for a broken token */
export async function answerPolicyVersions(
  context: StoreContext,
  asked: { id: string; limit: number; next_token?: string | null | undefined; view: AuditView | undefined },
): Promise<PolicyVersionConnection> {
  const [current, { versions, next_token }] = await Promise.all([
    readPolicy(context, asked.id),
    readPolicyVersions(context, asked),
  ]);
  return { items: versions.map(version => present(version, current ?? null)), next_token };
}

function present(version: PolicyVersion, current: DefinedPolicy | null): Presented {
  const { entry, after } = version;
  const { id, at, actor, operation, did } = entry;
  return {
    ...{ version: id, at, actor, operation, did },
    policy: after && {
      name: after.name,
      priority: after.priority,
      enabled: after.enabled,
      match: presentPolicyMatch(after.match),
      updated_at: after.updated_at,
    },
    changes: changesOf(version),
    current: isSameDefinition(after, current),
  };
}
