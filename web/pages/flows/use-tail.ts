import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { ask } from '../../data/ask.ts';
import type { VariablesOf } from '../../data/graphql.ts';
import { useFigures } from '../../data/use-figures.ts';
import { type FlowRow, NEWEST_FLOWS } from './operations.ts';
import { beginTail, paused, resumed, type TailState, withLook } from './tail-state.ts';
import type { FlowFilterInput } from './use-flow-filter.ts';

/**
 * The largest number of pages that one query reads: a person cannot read more than these thousands
 * of flows in ten seconds.
 */
const MAX_PAGES = 5;

/**
 * The API limits a range by its own clock, so that the newest flows are included even if the
 * browser's clock is wrong.
 */
const AHEAD_MS = 3_600_000;

export interface Tail extends TailState<FlowRow> {
  pause(): void;
  resume(): void;
  /** Why the last query failed; the next one reads the flows that it missed. */
  error: Error | null;
  /** Whether a query has been answered. */
  hasLooked: boolean;
}

type Step = (state: TailState<FlowRow>) => TailState<FlowRow>;

/**
 * The newest flows as they arrive. A change in the live figures of all traffic shows that reports
 * have arrived; each change causes one query of the log. Without reports there are no queries.
 */
export function useTail(filter: FlowFilterInput): Tail {
  const [state, step] = useReducer(
    (state: TailState<FlowRow>, next: Step) => next(state),
    undefined,
    () => beginTail<FlowRow>(Date.now()),
  );
  const [error, setError] = useState<Error | null>(null);
  const [hasLooked, setLooked] = useState(false);
  const latest = useRef(state);
  latest.current = state;
  const turn = useRef({ isBusy: false, isDue: false });
  const lookOnce = useCallback(async () => {
    const { current } = turn;
    current.isDue = true;
    if (current.isBusy) return;
    current.isBusy = true;
    try {
      // Flows that arrived during a query are read by the next one.
      while (current.isDue) {
        current.isDue = false;
        const { flows, isWhole } = await look(filter, latest.current.from_ms);
        step(now => withLook(now, flows, { isWhole }));
      }
      setError(null);
    } catch (cause) {
      setError(cause as Error);
    } finally {
      current.isBusy = false;
      setLooked(true);
    }
  }, [filter]);
  const counted = useFigures('TOTALS').data?.items;
  const packets = counted && Array.from(counted.values(), ({ packets_exact }) => packets_exact).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the counted packets triggers it
  useEffect(() => void lookOnce(), [lookOnce, packets]);
  return { ...state, error, hasLooked, pause: () => step(paused), resume: () => step(resumed) };
}

async function look(
  filter: FlowFilterInput,
  from_ms: number,
): Promise<{ flows: FlowRow[]; isWhole: boolean }> {
  const range = {
    from: new Date(from_ms).toISOString(),
    to: new Date(Date.now() + AHEAD_MS).toISOString(),
  };
  const flows: FlowRow[] = [];
  let next_token: string | null = null;
  for (let page = 0; page < MAX_PAGES && (page === 0 || next_token !== null); page++) {
    const variables: VariablesOf<typeof NEWEST_FLOWS> = { filter, ...range, next_token };
    const { flows: found } = (await ask(NEWEST_FLOWS, variables)).data;
    flows.push(...found.items);
    next_token = found.next_token;
  }
  return { flows, isWhole: next_token === null };
}
