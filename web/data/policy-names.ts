import { useMemo } from 'react';
import { graphql } from './graphql.ts';
import { useAnswer } from './use-answer.ts';

export const POLICY_NAMES = graphql(`
  query PolicyNames {
    policies(limit: 100) { items { id name } }
  }
`);

/** What people call a policy, by its id: of the hundred that are matched first; others are called by their id. */
export function usePolicyNames({ enabled = true }: { enabled?: boolean } = {}): (id: string) => string {
  const { data } = useAnswer(POLICY_NAMES, {}, { enabled, changedBy: ['POLICY', 'CHANGE_UNDONE'] });
  const items = data?.data.policies.items;
  return useMemo(() => {
    const names = new Map(items?.map(({ id, name }) => [id, name]));
    return id => names.get(id) ?? `Policy ${id}`;
  }, [items]);
}
