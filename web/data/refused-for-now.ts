import type { Query, QueryClient } from '@tanstack/react-query';
import { ApiError, type ErrorEntry, retryAfter } from './errors.ts';

/**
 * Asks again for a query that the API refused for a time, such as one above the caller's budget of
 * a minute, as soon as the time is over. It does not ask when the page no longer shows the query,
 * or when another request has succeeded in the meantime.
 */
export function askAgainInTime(queries: QueryClient, query: Query<unknown, unknown>): void {
  const { data, error } = query.state;
  const wait_s = error ? ofError(error) : retryAfter(partErrors(data));
  if (wait_s === undefined) return;
  setTimeout(() => {
    const isUnchanged = query.state.data === data && query.state.error === error;
    if (isUnchanged) void queries.refetchQueries({ queryKey: query.queryKey, exact: true, type: 'active' });
  }, wait_s * 1000);
}

function ofError(error: unknown): number | undefined {
  return error instanceof ApiError ? error.retry_after_s : undefined;
}

/** The errors of single parts of an answer. */
function partErrors(data: unknown): readonly ErrorEntry[] {
  const { errors } = (data ?? {}) as { errors?: unknown };
  return Array.isArray(errors) ? (errors as ErrorEntry[]) : [];
}
