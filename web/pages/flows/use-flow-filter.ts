import { useMemo } from 'react';
import { FLOW_LANGUAGE } from '../../address/filter/fields.ts';
import { filterInput, readFilter } from '../../address/filter/language.ts';
import type { FilterProblem } from '../../address/filter/terms.ts';
import { useAddress } from '../../address/search.ts';
import type { VariablesOf } from '../../data/graphql.ts';
import type { FLOWS } from './operations.ts';
import { useNames } from './use-names.ts';

export type FlowFilterInput = NonNullable<VariablesOf<typeof FLOWS>['filter']>;

export interface AskedFilter {
  /** Undefined while names are loading, or if the text has a problem: then there is no query. */
  filter: FlowFilterInput | undefined;
  problems: readonly FilterProblem[];
  /** Why the names could not be loaded. */
  error: Error | null;
  retry(): void;
}

/** The filter in the page's address. */
export function useFlowFilter(): AskedFilter {
  const [{ q = '' }] = useAddress();
  const { names, error, retry } = useNames();
  const read = useMemo(() => names && readFilter(FLOW_LANGUAGE, q, names), [q, names]);
  const isSound = read?.problems.length === 0;
  return {
    filter: isSound ? (filterInput(read.filter) as FlowFilterInput) : undefined,
    problems: read?.problems ?? [],
    error,
    retry,
  };
}
