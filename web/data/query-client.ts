import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { NotReachable, SignedOut } from './errors.ts';
import { askAgainInTime } from './refused-for-now.ts';

export interface QueryClientOptions {
  /** Called when an operation fails because the session has ended. */
  onSignedOut(): void;
}

/**
 * Creates the cache of answers. Requests that got no answer are retried. Requests that the API
 * refused are not, unless it says when to repeat them.
 */
export function makeQueryClient({ onSignedOut }: QueryClientOptions): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof SignedOut) onSignedOut();
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({
      onError,
      onSettled: (_data, _error, query) => askAgainInTime(queries, query),
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => error instanceof NotReachable && failures < 2,
      },
      mutations: { retry: false },
    },
  });
  return queries;
}
