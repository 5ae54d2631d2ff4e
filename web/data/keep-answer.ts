import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Keeps what another operation has brought as the answer to `key`. What was changed while that
 * operation was on its way may not be in it: such an answer is asked for anew by those who show it.
 */
export function keepAnswer(queries: QueryClient, key: QueryKey, answer: unknown): void {
  const changedMeanwhile = queries.getQueryState(key)?.isInvalidated === true;
  queries.setQueryData(key, answer);
  if (changedMeanwhile) void queries.invalidateQueries({ queryKey: key });
}
