import { keepPreviousData, type Query, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { TadaDocumentNode } from 'gql.tada';
import { type Answer, ask } from './ask.ts';
import { operationName } from './operation-name.ts';

export interface AnswerOptions<Data> {
  /**
   * Milliseconds between two requests, or a function of the answer; left out: only when the page
   * asks or an event reports a change.
   */
  everyMs?: number | ((data: Data | undefined) => number);
  enabled?: boolean;
  /** Prefixes of event types that trigger another request, such as `SITE` or `PATH_FAILOVER`. */
  changedBy?: readonly string[];
  /** Shows the previous answer while the answer to other variables is loading. */
  keepPrevious?: boolean;
}

/**
 * Queries the API and caches the answer by the operation's name and variables.
 * `useAnswer(POLICIES, {})` returns `data` and the `errors` of single parts that failed.
 */
export function useAnswer<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  { everyMs, enabled = true, changedBy = [], keepPrevious = false }: AnswerOptions<Data> = {},
): UseQueryResult<Answer<Data>> {
  return useQuery({
    queryKey: [operationName(document), variables],
    queryFn: ({ signal }) => ask(document, variables, { signal }),
    enabled,
    meta: { changedBy },
    ...(everyMs !== undefined && {
      refetchInterval: ({ state }: Query<Answer<Data>>) =>
        typeof everyMs === 'number' ? everyMs : everyMs(state.data?.data),
    }),
    ...(keepPrevious && { placeholderData: keepPreviousData }),
  });
}
