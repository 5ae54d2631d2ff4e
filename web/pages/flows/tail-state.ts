/** The fields of a flow that the tail uses. */
export interface Tailed {
  id: string;
  /** When its report arrived in the stream, RFC 3339. */
  arrived_at: string | null;
}

/** The newest flows: those on the screen, and those that arrived while the tail is paused. */
export interface TailState<Flow> {
  /** The latest arrival first. */
  shown: readonly Flow[];
  waiting: readonly Flow[];
  isPaused: boolean;
  /** The start of the next query, milliseconds since the epoch. */
  from_ms: number;
  /** Arrival by id of the flows since then that are already in the tail. */
  seen: ReadonlyMap<string, number>;
  /** The number of flows that were dropped because there were too many. */
  dropped: number;
  /** Whether the last query could not read all new flows. */
  isIncomplete: boolean;
}

/**
 * A flow is in the log some seconds after its arrival, possibly after later flows. So each query
 * starts this long before the newest arrival. Flows that ingest writes later than that are not in
 * the tail.
 */
export const OVERLAP_MS = 120_000;

/** The largest number of flows on the screen, and of flows that wait. */
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

/** The tail after a query of all flows since `from_ms`, newest first; each flow is added once. */
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

/** Pauses the tail: the flows on the screen stay until it is resumed. */
export function paused<Flow>(state: TailState<Flow>): TailState<Flow> {
  return { ...state, isPaused: true };
}

/** Resumes the tail and shows the flows that waited. */
export function resumed<Flow>(state: TailState<Flow>): TailState<Flow> {
  return withShown({ ...state, isPaused: false, waiting: [] }, state.waiting);
}

function withShown<Flow>(state: TailState<Flow>, fresh: readonly Flow[]): TailState<Flow> {
  // Flows that leave the list at its end have been shown, so they don't count as dropped.
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
