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

/** Each query renews the lease of two minutes, as long as which figures are published. */
const RENEW_MS = 60_000;

/** Publications come each ten seconds: without one for so long, what is shown is read anew. */
const FOLLOWED_MS = 30_000;

/** Types of events with which items come and go, sooner than the next publication says so. */
const CHANGED_BY: Record<FigureScope, string[]> = {
  POLICIES: ['POLICY', 'STATS', 'BOOT', 'CHANGE_UNDONE'],
  SITES: ['SITE', 'CHANGE_UNDONE'],
  PATHS: ['PATH', 'SITE', 'CHANGE_UNDONE'],
  TOTALS: ['STATS', 'BOOT', 'CHANGE_UNDONE'],
};

/** What one scope's subscription has heard. */
interface Hearing {
  users: number;
  /**
   * The newest publications, of which parts may be missing: those that came while the query was on
   * its way, too.
   */
  heard: FiguresMessage<Figure>[];
  /** When the last of them came. */
  heard_ms: number;
  stop(): void;
}

/** Publications that are kept: a query takes less time than three. */
const KEPT = 3;

const hearings = new Map<FigureScope, Hearing>();

export interface FiguresOptions {
  /**
   * False where another request brings them from the second time on, and renews the lease: see
   * `keepFigures`.
   */
  asks?: boolean;
}

/**
 * Live figures of a scope: all by the query, then what changed each ten seconds by subscription;
 * after a gap by the query again. Every component that uses a scope shares one of both.
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
    // Those that another request brings are asked for here as well: first, after a gap, and when
    // items come and go.
    ...(asks
      ? { refetchInterval: RENEW_MS, refetchOnWindowFocus: 'always' }
      : { staleTime: Number.POSITIVE_INFINITY }),
    structuralSharing: false,
  });
}

/** False while the first figures are on their way. */
export function haveFigures(queries: QueryClient, scope: FigureScope): boolean {
  return queries.getQueryState(keyOf(scope))?.status !== 'pending';
}

/** Keeps the figures of which another operation has asked the first page. */
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
 * The figures by the first page of an answer. Those that are followed without a gap need no more
 * than it, as it has renewed the lease; of others all pages are asked for.
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

/** Whether nothing was missed, up to the publication that may be on its way. */
function isFollowed({ seq }: FiguresState<Figure>, scope: FigureScope, published: number): boolean {
  const heard_ms = hearings.get(scope)?.heard_ms ?? 0;
  return published <= seq + 1 && Date.now() - heard_ms < FOLLOWED_MS;
}

/**
 * With what was published while the query was on its way. After a gap the next publication has the
 * query asked again.
 */
function followed(state: FiguresState<Figure>, scope: FigureScope): FiguresState<Figure> {
  const next = following(state, hearings.get(scope)?.heard ?? []);
  return next === 'GAP' ? state : next;
}

/** One subscription a scope, however many use it. */
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
  // A query that is on its way stays: parts of a publication come faster than its answer.
  const askAgain = () => void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
  hearing.stop = listen(
    LIVE_FIGURES,
    { scope },
    {
      // What was published before the first connection shows as a gap; after a cut nothing might
      // come to show it.
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
