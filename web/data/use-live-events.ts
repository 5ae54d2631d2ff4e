import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { graphql } from './graphql.ts';
import { listen, onLiveState } from './live.ts';

const EVENTS = graphql(`
  subscription Events {
    events { id type timestamp site_id }
  }
`);

/** Many events within it, as of a large deletion, ask once. */
const GATHER_MS = 500;

/** Types of changed things, to those who keep answers. Every type: all of them. */
type Changes = Set<string> | 'EVERYTHING';

/**
 * Hears what others change, and has the answers that it concerns asked anew: those whose
 * `changedBy` names it. After the connection was cut every answer on the screen is asked anew,
 * since what happened meanwhile is not sent again.
 * @returns whether changes are heard now
 */
export function useLiveEvents(): boolean {
  const queries = useQueryClient();
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    let changes: Changes = new Set();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let connections = 0;

    function note(change: string | 'EVERYTHING'): void {
      if (change === 'EVERYTHING' || changes === 'EVERYTHING') changes = 'EVERYTHING';
      else changes.add(change);
      timer ??= setTimeout(() => {
        timer = undefined;
        const heard = changes;
        changes = new Set();
        forget(queries, heard);
      }, GATHER_MS);
    }

    const stop = listen(
      EVENTS,
      {},
      {
        onData: ({ events }) => events && note(events.type),
        onConnected: () => {
          setHeard(true);
          connections += 1;
          if (connections > 1) note('EVERYTHING');
        },
      },
    );
    const stopState = onLiveState(state => {
      if (state.kind === 'CUT') setHeard(false);
    });
    return () => {
      clearTimeout(timer);
      stopState();
      stop();
    };
  }, [queries]);
  return heard;
}

function forget(queries: QueryClient, changes: Changes): void {
  void queries.invalidateQueries({
    predicate: ({ meta }) =>
      changes === 'EVERYTHING' ||
      [...changes].some(type =>
        (meta?.changedBy as string[] | undefined)?.some(start => type.startsWith(start)),
      ),
  });
}
