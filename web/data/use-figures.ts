import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ask } from './ask.ts';
import { type FiguresMessage, type FiguresState, figuresOf, withPublication } from './figures-state.ts';
import { graphql, type ResultOf } from './graphql.ts';
import { listen } from './live.ts';

export const FIGURES_OF = graphql(`
  fragment FiguresOf on Query {
    figures(scope: $scope) {
      seq part parts as_of removed
      items {
        id packets_exact bytes_exact active_flows rate { bits_per_second packets_per_second from to }
        status score latency_ms jitter_ms packet_loss_pct measured_at complete_share
      }
    }
  }
`);

const FIGURES = graphql(`query Figures($scope: FigureScope!) { ...FiguresOf }`, [FIGURES_OF]);

const LIVE_FIGURES = graphql(`
  subscription LiveFigures($scope: FigureScope!) {
    figures(scope: $scope) {
      scope seq part parts as_of lease_until removed
      items {
        id packets_exact bytes_exact active_flows rate { bits_per_second packets_per_second from to }
        status score latency_ms jitter_ms packet_loss_pct measured_at complete_share
      }
    }
  }
`);

export type Figure = ResultOf<typeof FIGURES>['figures']['items'][number];
export type FigureScope = 'POLICIES' | 'SITES' | 'PATHS' | 'TOTALS';

/** Each query renews the lease of two minutes, as long as which figures are published. */
const RENEW_MS = 60_000;

/** Types of events with which items come and go, sooner than the next publication says so. */
const CHANGED_BY: Record<FigureScope, string[]> = {
  POLICIES: ['POLICY', 'STATS', 'BOOT', 'CHANGE_UNDONE'],
  SITES: ['SITE', 'CHANGE_UNDONE'],
  PATHS: ['PATH', 'SITE', 'CHANGE_UNDONE'],
  TOTALS: ['STATS', 'BOOT', 'CHANGE_UNDONE'],
};

/** Publications that came while the query was on its way. */
const RECENT = 8;
const recent = new Map<FigureScope, FiguresMessage<Figure>[]>();

export interface FiguresOptions {
  /** False where another request brings them and renews the lease: see `keepFigures`. */
  asks?: boolean;
}

/**
 * Live figures of a scope: all by the query, then what changed each ten seconds by subscription; after a gap by the query again. Every
 * component that uses a scope shares one of both.
 */
export function useFigures(scope: FigureScope, { asks = true }: FiguresOptions = {}) {
  const queries = useQueryClient();
  useEffect(() => hear(queries, scope), [queries, scope]);
  return useQuery({
    queryKey: keyOf(scope),
    queryFn: async ({ signal }) => {
      const { data } = await ask(FIGURES, { scope }, { signal });
      return withRecent(scope, data.figures);
    },
    meta: { changedBy: CHANGED_BY[scope] },
    // Those that another request has brought are asked for here as well, after a gap and when items come and go.
    enabled: asks || queries.getQueryData(keyOf(scope)) !== undefined,
    ...(asks
      ? { refetchInterval: RENEW_MS, refetchOnWindowFocus: 'always' }
      : { staleTime: Number.POSITIVE_INFINITY }),
    structuralSharing: false,
  });
}

/** Keeps the figures that another operation has asked for with `FIGURES_OF`. */
export function keepFigures(
  queries: QueryClient,
  scope: FigureScope,
  figures: ResultOf<typeof FIGURES>['figures'],
): void {
  queries.setQueryData(keyOf(scope), withRecent(scope, figures));
}

const keyOf = (scope: FigureScope) => ['Figures', scope];

/** An answer, with what was published while it was on its way. */
function withRecent(scope: FigureScope, answer: FiguresMessage<Figure>): FiguresState<Figure> {
  return (recent.get(scope) ?? []).reduce<FiguresState<Figure>>((state, publication) => {
    const next = withPublication(state, publication);
    return next === 'GAP' ? state : next;
  }, figuresOf(answer));
}

const listeners = new Map<FigureScope, { users: number; stop(): void }>();

/** One subscription a scope, however many use it. */
function hear(queries: QueryClient, scope: FigureScope): () => void {
  const shared = listeners.get(scope) ?? { users: 0, stop: subscribe(queries, scope) };
  listeners.set(scope, shared);
  shared.users += 1;
  return () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    listeners.delete(scope);
    recent.delete(scope);
    shared.stop();
  };
}

function subscribe(queries: QueryClient, scope: FigureScope): () => void {
  const queryKey = keyOf(scope);
  let connections = 0;
  return listen(
    LIVE_FIGURES,
    { scope },
    {
      // What was published before the first connection shows as a gap; after a cut nothing might come to show it.
      onConnected: () => {
        connections += 1;
        if (connections > 1) void queries.invalidateQueries({ queryKey });
      },
      onData: ({ figures }) => {
        if (!figures) return;
        recent.set(scope, [...(recent.get(scope) ?? []), figures].slice(-RECENT));
        const now = queries.getQueryData<FiguresState<Figure>>(queryKey);
        if (!now) return;
        const next = withPublication(now, figures);
        if (next === 'GAP') void queries.invalidateQueries({ queryKey });
        else if (next !== now) queries.setQueryData(queryKey, next);
      },
    },
  );
}
