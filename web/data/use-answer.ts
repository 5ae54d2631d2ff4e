import { keepPreviousData, type Query, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { TadaDocumentNode } from 'gql.tada';
import { type Answer, ask } from './ask.ts';
import { operationName } from './operation-name.ts';

export interface AnswerOptions<Data> {
  /**
   * Milliseconds between two requests, or how many after an answer; left out: only when the page
   * asks or a change is heard of.
   */
  everyMs?: number | ((data: Data | undefined) => number);
  enabled?: boolean;
  /**
   * Beginnings of the types of events after which it is asked again, such as `SITE` or
   * `PATH_FAILOVER`.
   */
  changedBy?: readonly string[];
  /** Goes on showing the answer before, while one to other variables is on its way. */
  keepPrevious?: boolean;
}

/**
 * Asks the API, and keeps the answer under the name of the operation and its variables.
 * `useAnswer(POLICIES, {})` gives `data` and, of parts that failed alone, `errors`.
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
