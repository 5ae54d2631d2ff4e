import { replaceEqualDeep } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import type { Now } from './use-now.ts';

/**
 * The name of a policy by its id, from the live figures or, if those failed, from the overview. The
 * function changes only when the names do, so that components that use it are not rendered with
 * each publication.
 */
export function useNames({ overview, figures }: Now): (id: string) => string {
  const { data: top } = overview('top_policies');
  const items = figures.data?.items;
  const named = useMemo(() => [...(top ?? []), ...(items?.values() ?? [])], [top, items]);
  const kept = useRef<Record<string, string>>({});
  kept.current = replaceEqualDeep(
    kept.current,
    Object.fromEntries(named.map(({ id, name }) => [id, name ?? id])),
  );
  const names = kept.current;
  return useCallback(id => names[id] ?? id, [names]);
}
