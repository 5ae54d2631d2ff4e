import { useMemo } from 'react';
import { usePolicyNames } from '../../data/policy-names.ts';
import type { Now } from './use-now.ts';

/** Names of policies: those of the overview, and of all where it doesn't have one that the page shows. */
export function useNames({ overview, figures }: Now): (id: string) => string {
  const { data: top } = overview('top_policies');
  const items = figures.data?.items;
  const known = useMemo(() => new Map(top?.map(({ id, name }) => [id, name])), [top]);
  const missing = useMemo(() => [...(items?.keys() ?? [])].some(id => !known.has(id)), [items, known]);
  const all = usePolicyNames({ enabled: missing });
  return useMemo(() => id => known.get(id) ?? all(id), [known, all]);
}
