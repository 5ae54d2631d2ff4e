import { useInfiniteQuery } from '@tanstack/react-query';
import type { TadaDocumentNode } from 'gql.tada';
import { ask } from './ask.ts';
import { operationName } from './operation-name.ts';

export interface ListPage<Item> {
  items: Item[];
  next_token: string | null;
}

export interface ListOptions<Data, Item> {
  /** The list in an answer. */
  pick(data: Data): ListPage<Item>;
  /** Prefixes of event types that trigger another request. */
  changedBy?: readonly string[];
  enabled?: boolean;
  /**
   * Milliseconds between two requests; left out: only when the page asks or an event reports a
   * change.
   */
  everyMs?: number;
}

export interface List<Item> {
  /** The items loaded so far, in order; undefined while the first page is loading. */
  items: Item[] | undefined;
  error: Error | null;
  hasMore: boolean;
  isLoading: boolean;
  loadMore(): void;
  retry(): void;
}

/**
 * A list of the API, page by page: the first page at once, the others by `loadMore`. The document
 * accepts `next_token` and contains its page size. After a change all loaded pages are queried
 * again.
 */
export function useList<Data, Variables extends object, Item>(
  document: TadaDocumentNode<Data, Variables & { next_token?: string | null }>,
  variables: Variables,
  { pick, changedBy = [], enabled = true, everyMs }: ListOptions<Data, Item>,
): List<Item> {
  const query = useInfiniteQuery({
    queryKey: [operationName(document), variables],
    queryFn: async ({ pageParam, signal }) =>
      pick((await ask(document, { ...variables, next_token: pageParam }, { signal })).data),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_token,
    enabled,
    meta: { changedBy },
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
  });
  return {
    items: query.data?.pages.flatMap(({ items }) => items),
    error: query.error,
    hasMore: query.hasNextPage,
    isLoading: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
