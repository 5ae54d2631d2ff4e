import { ValidationError } from '../errors.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { ErasedAddresses } from './erased-addresses.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { HOUR_MS, hourOf } from './flow-key.ts';
import { type FlowLine, flowOf } from './flow-line.ts';
import { type FlowLogState, readFlowLogState } from './flow-log-state.ts';
import type { FlowLogRange, FlowLogStore, FlowPage, FlowPosition, LoggedFlow } from './flow-log-store.ts';
import { DIRECTIONS, type Direction, type FlowOrder, type Place } from './flow-order.ts';
import { legacyIdOf } from './legacy/legacy-item.ts';
import { pageLegacyFlows } from './legacy/page-legacy.ts';
import { checkOf, isOf, keptOf, legacyRange, legacyStore } from './read-flow-logs.ts';
import { listHour, readHour, type StoredObject } from './read-hour.ts';
import { ReportsSeen } from './reports-seen.ts';

/** Hours that a page looks through: it may end with less than was asked for. */
const MAX_HOURS = 48;

/** The part of an hour that is read first; each that follows is twice as long. */
const FIRST_SLICE_MS = 10_000;

export interface FlowPageRequest extends FlowLogRange {
  matches: FlowMatcher;
  /**
   * Every flow that is asked for has one of these hosts at an end, canonical; left out: any may be
   * there.
   */
  hosts?: readonly string[] | undefined;
  limit: number;
  start?: FlowPosition | undefined;
  /** NEWEST_FIRST when left out. */
  order?: FlowOrder | undefined;
}

/**
 * The logged flows of a range, one page, by the arrival of their reports. What is written or merged
 * meanwhile moves nothing. Memory holds the flows of a page and those of one object's chunk.
 *
 * @throws ValidationError when the deadline comes before a page could be read, and for the oldest
 * first of a range in which the last
 *   release has flows
 */
export async function pageFlows(store: FlowLogStore, request: FlowPageRequest): Promise<FlowPage> {
  const state = await readFlowLogState(store);
  const { start } = request;
  if (start && isLegacy(start)) return pageLegacy(store, state, request);
  if (request.order === 'OLDEST_FIRST') {
    if (!start) await refuseLegacy(store, state, request);
    return pageObjects(store, state, request);
  }
  const page = await pageObjects(store, state, request);
  const left = page.next ? undefined : legacyRange(store, state, request);
  if (!left) return page;
  const limit = request.limit - page.flows.length;
  if (limit === 0) return { ...page, next: legacyBefore(left.to) };
  const older = await pageLegacy(store, state, { ...request, start: undefined, limit });
  return { flows: [...page.flows, ...older.flows], next: older.next };
}

/** Behind all that the last release's edges sent at or after this time. */
function legacyBefore(to: number): FlowPosition {
  return { sk: `${new Date(to - 1).toISOString()}~`, index: 0 };
}

/**
 * The log of the last release goes back in time only: where it has flows of the range, they would
 * be missing.
 */
async function refuseLegacy(
  store: FlowLogStore,
  state: FlowLogState,
  request: FlowPageRequest,
): Promise<void> {
  const { flows, next } = await pageLegacy(store, state, { ...request, limit: 1 });
  if (flows.length === 0 && !next) return;
  throw new ValidationError(
    'The release before has logged flows of this range, which can be listed the newest first only: leave order out, or choose a later from.',
    { arguments: ['order', 'from'] },
  );
}

/** A flow on its way to a page. */
interface Candidate extends Place {
  line: FlowLine;
  flow: FlowRecord;
}

async function pageObjects(
  store: FlowLogStore,
  state: FlowLogState,
  request: FlowPageRequest,
): Promise<FlowPage> {
  const { limit, hosts } = request;
  const start = request.start && readPosition(request.start);
  const kept = keptOf(store, request);
  const erased = new ErasedAddresses(state.erasures);
  const seen = new ReportsSeen();
  const found: Candidate[] = [];
  const way = DIRECTIONS[request.order ?? 'NEWEST_FIRST'];
  const begin = way.begin(kept, start);
  let slice_ms = hosts === undefined ? FIRST_SLICE_MS : HOUR_MS;
  let listed: readonly StoredObject[] = [];
  for (let edge = begin; !way.isOver(edge, kept); ) {
    const hour = way.hourAhead(edge);
    if (way.hoursTo(hour, begin) >= MAX_HOURS) return { flows: found.map(present), next: ahead(way, edge) };
    if (edge === begin || way.isAtHour(edge)) listed = await listHour(store.objects, hour);
    edge = way.seek(edge, hour, listed);
    if (edge === way.hourEnd(hour)) continue;
    const span = way.slice(edge, slice_ms, hour, kept);
    const slice = { hour, ...span, erased, hosts, listed, check: checkOf(store) };
    const room = limit - found.length;
    try {
      const candidates = await collect(store, { slice, request, way, start, seen, limit: room });
      found.push(...candidates.slice(0, room));
      const next = candidates[room];
      if (next) return { flows: found.map(present), next: positionOf(next) };
      edge = way.behind(span);
      slice_ms *= 2;
    } catch (cause) {
      // What was read is a page already; a slice that is cut off is read again by the next.
      if (store.clock() < store.deadline || edge === begin) throw cause;
      return { flows: found.map(present), next: ahead(way, edge) };
    }
  }
  return { flows: found.map(present), next: undefined };
}

/**
 * The first flows of a slice in the order of pages, one more than asked for if there are so many.
 */
async function collect(
  { objects }: FlowLogStore,
  {
    slice,
    request,
    way,
    start,
    seen,
    limit,
  }: {
    slice: Parameters<typeof readHour>[1];
    request: FlowPageRequest;
    way: Direction;
    start: Place | undefined;
    seen: ReportsSeen;
    limit: number;
  },
): Promise<Candidate[]> {
  let candidates: Candidate[] = [];
  for await (const lines of readHour(objects, slice)) {
    const [line] = lines as [FlowLine, ...FlowLine[]];
    if (!isOf(line, request) || !seen.add(line)) continue;
    const arrived_ms = Date.parse(line.arrived_at);
    for (const line of lines) {
      const flow = flowOf(line);
      if (!request.matches(flow)) continue;
      const candidate = { arrived_ms, line, flow };
      if (start === undefined || way.compare(candidate, start) >= 0) candidates.push(candidate);
    }
    if (candidates.length > 2 * limit + 1000) candidates = candidates.sort(way.compare).slice(0, limit + 1);
  }
  return candidates.sort(way.compare).slice(0, limit + 1);
}

function present({ line, flow }: Candidate): LoggedFlow {
  const { edge_id, boot_id, part, seq, n, site_id, sent_at, arrived_at, interval_s } = line;
  const id = [edge_id, boot_id, part, seq, n].map(encodeURIComponent).join('/');
  return { ...flow, id, edge_id, site_id, sent_at, arrived_at, interval_s };
}

/** Keys of the last release begin with a time. */
const BY_ARRIVAL = '@';

function isLegacy({ sk }: FlowPosition): boolean {
  return !sk.startsWith(BY_ARRIVAL);
}

function positionOf({ arrived_ms, line: { edge_id, boot_id, part, seq, n } }: Place): FlowPosition {
  return { sk: `${BY_ARRIVAL}${JSON.stringify([arrived_ms, edge_id, boot_id, part, seq])}`, index: n };
}

function ahead(way: Direction, edge: number): FlowPosition {
  return positionOf(way.firstPlace(edge));
}

function readPosition({ sk, index }: FlowPosition): Place {
  const [arrived_ms, edge_id, boot_id, part, seq] = JSON.parse(sk.slice(BY_ARRIVAL.length));
  return { arrived_ms, line: { edge_id, boot_id, part, seq, n: index } };
}

/**
 * Flows of the last release. Those that a replay has put into objects too are left out: they were
 * told already.
 */
async function pageLegacy(
  store: FlowLogStore,
  state: FlowLogState,
  request: FlowPageRequest,
): Promise<FlowPage> {
  const range = legacyRange(store, state, request);
  if (!range) return { flows: [], next: undefined };
  let told: Promise<Set<string>> | undefined;
  const erased = new ErasedAddresses(state.erasures);
  return pageLegacyFlows(legacyStore(store), {
    ...range,
    matches: flow => request.matches(flow) && !erased.has(flow, 0),
    // Most often nothing is left of the last release: then nobody asks.
    elsewhere: async id => {
      told ??= reportsInObjects(store, range);
      return (await told).has(id);
    },
    limit: request.limit,
    ...(request.start && { start: request.start }),
  });
}

async function reportsInObjects(store: FlowLogStore, request: FlowLogRange): Promise<Set<string>> {
  const told = new Set<string>();
  const { from, to } = keptOf(store, request);
  const erased = new ErasedAddresses([]);
  for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
    for await (const [line] of readHour(store.objects, { hour, from, to, erased, check: checkOf(store) })) {
      if (isOf(line!, request)) told.add(legacyIdOf(line!));
    }
  }
  return told;
}
