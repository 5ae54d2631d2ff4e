import { BUILT_IN_POLICY } from '../../policy/policy.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readPolicies } from './read-policies.ts';

/** Names by id of all policies, including the built-in one. @throws as {@link readPolicies} */
export async function readPolicyNames(context: StoreContext): Promise<Map<string, string>> {
  const { defined } = await readPolicies(context);
  return new Map([...defined, BUILT_IN_POLICY].map(({ id, name }) => [id, name]));
}
