import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Stores data from another operation as the answer to `key`. If something changed while that
 * operation was running, the data may be stale, so the answer is marked for another request.
 */
export function keepAnswer(queries: QueryClient, key: QueryKey, answer: unknown): void {
  const changedMeanwhile = queries.getQueryState(key)?.isInvalidated === true;
  queries.setQueryData(key, answer);
  if (changedMeanwhile) void queries.invalidateQueries({ queryKey: key });
}
