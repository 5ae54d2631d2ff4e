import { useMemo } from 'react';
import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';

const POLICY_NAMES = graphql(`
  query PolicyNames { policies(limit: 1000, defined_only: true) { items { id name } } }
`);

/** The names of existing policies by their ids, in the order in which packets are compared. */
export function usePolicyNames(): ReadonlyMap<string, string> {
  const { data } = useAnswer(POLICY_NAMES, {}, { changedBy: ['POLICY'] });
  return useMemo(() => new Map(data?.data.policies.items.map(({ id, name }) => [id, name])), [data]);
}
