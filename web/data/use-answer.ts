import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { TadaDocumentNode } from 'gql.tada';
import { type Answer, ask } from './ask.ts';

export interface AnswerOptions {
  /** Milliseconds between two requests; left out: only when the page asks or a change is heard of. */
  everyMs?: number;
  enabled?: boolean;
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
  { everyMs, enabled = true, keepPrevious = false }: AnswerOptions = {},
): UseQueryResult<Answer<Data>> {
  return useQuery({
    queryKey: [operationName(document), variables],
    queryFn: ({ signal }) => ask(document, variables, { signal }),
    enabled,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
    ...(keepPrevious && { placeholderData: keepPreviousData }),
  });
}

/** The name of an operation, by which answers are kept and forgotten. @throws Error for an operation without one */
export function operationName(document: unknown): string {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/.exec(String(document))?.[1];
  if (name === undefined) throw new Error(`The operation has no name: ${String(document)}`);
  return name;
}
