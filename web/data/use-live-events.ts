import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { graphql } from './graphql.ts';
import { listen, onLiveState } from './live.ts';

const EVENTS = graphql(`
  subscription Events {
    events { id type timestamp site_id }
  }
`);

/** Many events within this time, such as those of a large deletion, cause one request. */
const GATHER_MS = 500;

/** The types of the events that were received. EVERYTHING: all answers must be reloaded. */
type Changes = Set<string> | 'EVERYTHING';

/**
 * Listens to changes by others and reloads the answers whose `changedBy` names the event. After a
 * lost connection it reloads every answer on the screen, because missed events are not sent again.
 * @returns whether events are received now
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
