import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ask } from './ask.ts';
import { FIGURES, LIVE_FIGURES } from './figures-operations.ts';
import { type FiguresMessage, type FiguresState, figuresOf, following, withPage } from './figures-state.ts';
import type { ResultOf } from './graphql.ts';
import { keepAnswer } from './keep-answer.ts';
import { listen } from './live.ts';

type FiguresPage = ResultOf<typeof FIGURES>['figures'];
export type Figure = FiguresPage['items'][number];
export type FigureScope = 'POLICIES' | 'SITES' | 'PATHS' | 'TOTALS';

/** Each query renews the lease of two minutes; figures are published while a lease is valid. */
const RENEW_MS = 60_000;

/**
 * Publications arrive every ten seconds; after this long without one, the figures are queried
 * again.
 */
const FOLLOWED_MS = 30_000;

/** Types of events that add or remove items, earlier than the next publication does. */
const CHANGED_BY: Record<FigureScope, string[]> = {
  POLICIES: ['POLICY', 'STATS', 'BOOT', 'CHANGE_UNDONE'],
  SITES: ['SITE', 'CHANGE_UNDONE'],
  PATHS: ['PATH', 'SITE', 'CHANGE_UNDONE'],
  TOTALS: ['STATS', 'BOOT', 'CHANGE_UNDONE'],
};

/** Publications that one scope's subscription has received. */
interface Hearing {
  users: number;
  /**
   * The newest publications, including those that arrived while the query was running; parts may be
   * missing.
   */
  heard: FiguresMessage<Figure>[];
  /** When the last of them arrived. */
  heard_ms: number;
  stop(): void;
}

/** The number of publications to keep: a query finishes before three more arrive. */
const KEPT = 3;

const hearings = new Map<FigureScope, Hearing>();

export interface FiguresOptions {
  /**
   * False if another request delivers the figures and renews the lease after the first time: see
   * `keepFigures`.
   */
  asks?: boolean;
}

/**
 * Live figures of a scope: the query returns all of them, a subscription then delivers changes
 * every ten seconds; after a gap the query runs again. All components that use a scope share one
 * query and one subscription.
 */
export function useFigures(scope: FigureScope, { asks = true }: FiguresOptions = {}) {
  const queries = useQueryClient();
  useEffect(() => hear(queries, scope), [queries, scope]);
  return useQuery({
    queryKey: keyOf(scope),
    queryFn: async ({ signal }) => {
      const { data } = await ask(FIGURES, { scope }, { signal });
      return withRest(queries, data.figures, { scope, signal });
    },
    meta: { changedBy: CHANGED_BY[scope] },
    // Even if another request delivers the figures, this query runs first, after a gap, and when
    // items are added or removed.
    ...(asks
      ? { refetchInterval: RENEW_MS, refetchOnWindowFocus: 'always' }
      : { staleTime: Number.POSITIVE_INFINITY }),
    structuralSharing: false,
  });
}

/** False while the first figures are loading. */
export function haveFigures(queries: QueryClient, scope: FigureScope): boolean {
  return queries.getQueryState(keyOf(scope))?.status !== 'pending';
}

/** Stores figures whose first page came with another operation's answer. */
export async function keepFigures(
  queries: QueryClient,
  page: FiguresPage,
  asked: { scope: FigureScope; signal: AbortSignal },
): Promise<void> {
  const figures = await withRest(queries, page, asked);
  keepAnswer(queries, keyOf(asked.scope), figures);
}

const keyOf = (scope: FigureScope) => ['Figures', scope];

const stateOf = (queries: QueryClient, scope: FigureScope) =>
  queries.getQueryData<FiguresState<Figure>>(keyOf(scope));

/**
 * The figures from the first page of an answer. If no publication was missed, that page is enough,
 * because it renewed the lease; otherwise all pages are queried.
 */
async function withRest(
  queries: QueryClient,
  first: FiguresPage,
  { scope, signal }: { scope: FigureScope; signal: AbortSignal },
): Promise<FiguresState<Figure>> {
  const before = stateOf(queries, scope);
  if (first.next_token !== null && before && isFollowed(before, scope, first.seq)) {
    return followed(withPage(before, first), scope);
  }
  const rest: FiguresPage[] = [];
  for (let next_token = first.next_token; next_token !== null; next_token = rest.at(-1)!.next_token) {
    const { data } = await ask(FIGURES, { scope, next_token }, { signal });
    rest.push(data.figures);
  }
  return followed(figuresOf([first, ...rest]), scope);
}

/** Whether no publication was missed; the newest one may still be on its way. */
function isFollowed({ seq }: FiguresState<Figure>, scope: FigureScope, published: number): boolean {
  const heard_ms = hearings.get(scope)?.heard_ms ?? 0;
  return published <= seq + 1 && Date.now() - heard_ms < FOLLOWED_MS;
}

/**
 * Merges what was published while the query was running. After a gap the next publication triggers
 * the query again.
 */
function followed(state: FiguresState<Figure>, scope: FigureScope): FiguresState<Figure> {
  const next = following(state, hearings.get(scope)?.heard ?? []);
  return next === 'GAP' ? state : next;
}

/** One subscription a scope, however many components use it. */
function hear(queries: QueryClient, scope: FigureScope): () => void {
  const hearing = hearings.get(scope) ?? subscribe(queries, scope);
  hearings.set(scope, hearing);
  hearing.users += 1;
  return () => {
    hearing.users -= 1;
    if (hearing.users > 0) return;
    hearings.delete(scope);
    hearing.stop();
  };
}

function subscribe(queries: QueryClient, scope: FigureScope): Hearing {
  const hearing: Hearing = { users: 0, heard: [], heard_ms: 0, stop: () => {} };
  const queryKey = keyOf(scope);
  let connections = 0;
  // A running query is not cancelled: parts of a publication arrive faster than its answer.
  const askAgain = () => void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
  hearing.stop = listen(
    LIVE_FIGURES,
    { scope },
    {
      // Publications missed before the first connection show as a gap; after a lost connection
      // possibly none arrives to show it.
      onConnected: () => {
        connections += 1;
        if (connections > 1) askAgain();
      },
      onData: ({ figures }) => {
        if (!figures) return;
        hearing.heard = [...hearing.heard.filter(({ seq }) => seq > figures.seq - KEPT), figures];
        hearing.heard_ms = Date.now();
        const now = stateOf(queries, scope);
        if (!now) return;
        const next = following(now, hearing.heard);
        if (next === 'GAP') askAgain();
        else if (next !== now) queries.setQueryData(queryKey, next);
      },
    },
  );
  return hearing;
}
