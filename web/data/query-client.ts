import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { NotReachable, SignedOut } from './errors.ts';

export interface QueryClientOptions {
  /** Called when an operation fails because the session has ended. */
  onSignedOut(): void;
}

/**
 * Creates the cache of answers. Requests that got no answer are retried; requests that the API
 * refused are not.
 */
export function makeQueryClient({ onSignedOut }: QueryClientOptions): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof SignedOut) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
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
}
