/** What of a flow the tail goes by. */
export interface Tailed {
  id: string;
  /** When the stream got its report, RFC 3339. */
  arrived_at: string | null;
}

/** The newest flows as they come: those on the screen, and those that came while it is paused. */
export interface TailState<Flow> {
  /** The latest to come first. */
  shown: readonly Flow[];
  waiting: readonly Flow[];
  isPaused: boolean;
  /** Where the next look begins, milliseconds since the epoch. */
  from_ms: number;
  /** Arrivals by id of the flows from there on that were taken. */
  seen: ReadonlyMap<string, number>;
  /** Flows that were let go of because there were too many. */
  dropped: number;
  /** Whether a look could not take all that had come. */
  isIncomplete: boolean;
}

/**
 * A flow is in the log some seconds after its arrival, while later ones may be there already: each
 * look goes back by so much behind the newest. What ingest writes later than that is not in the
 * tail.
 */
export const OVERLAP_MS = 120_000;

/** Flows that are kept on the screen, and that may wait. */
const MAX_SHOWN = 5000;
const MAX_WAITING = 20_000;

/** A tail that begins with the flows of the last minute. */
export function beginTail<Flow extends Tailed>(now_ms: number): TailState<Flow> {
  return {
    shown: [],
    waiting: [],
    isPaused: false,
    from_ms: now_ms - 60_000,
    seen: new Map(),
    dropped: 0,
    isIncomplete: false,
  };
}

/**
 * The tail after a look at all flows from `from_ms` on, the newest first: each flow is taken once.
 */
export function withLook<Flow extends Tailed>(
  state: TailState<Flow>,
  flows: readonly Flow[],
  { isWhole }: { isWhole: boolean },
): TailState<Flow> {
  const fresh = flows.filter(({ id }) => !state.seen.has(id));
  const newest = flows.reduce((latest, flow) => Math.max(latest, arrivalOf(flow)), 0);
  const from_ms = Math.max(state.from_ms, newest - OVERLAP_MS);
  const taken = fresh.map(flow => [flow.id, arrivalOf(flow)] as const);
  const next = {
    ...state,
    from_ms,
    seen: new Map([...state.seen, ...taken].filter(([, arrived_ms]) => arrived_ms >= from_ms)),
    isIncomplete: state.isIncomplete || !isWhole,
  };
  return state.isPaused ? withWaiting(next, fresh) : withShown(next, fresh);
}

/** What is on the screen stays until it is resumed. */
export function paused<Flow>(state: TailState<Flow>): TailState<Flow> {
  return { ...state, isPaused: true };
}

/** What has waited comes, too. */
export function resumed<Flow>(state: TailState<Flow>): TailState<Flow> {
  return withShown({ ...state, isPaused: false, waiting: [] }, state.waiting);
}

function withShown<Flow>(state: TailState<Flow>, fresh: readonly Flow[]): TailState<Flow> {
  // What leaves the screen below was shown: nothing is lost by it.
  return { ...state, shown: [...fresh, ...state.shown].slice(0, MAX_SHOWN) };
}

function withWaiting<Flow>(state: TailState<Flow>, fresh: readonly Flow[]): TailState<Flow> {
  const waiting = [...fresh, ...state.waiting];
  const dropped = state.dropped + Math.max(0, waiting.length - MAX_WAITING);
  return { ...state, waiting: waiting.slice(0, MAX_WAITING), dropped };
}

function arrivalOf({ arrived_at }: Tailed): number {
  return arrived_at === null ? 0 : Date.parse(arrived_at);
}
