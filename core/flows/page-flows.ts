import { ValidationError } from '../errors.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { ErasedAddresses } from './erased-addresses.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { type FlowLine, flowOf } from './flow-line.ts';
import { type FlowLogState, readFlowLogState } from './flow-log-state.ts';
import type { FlowLogRange, FlowLogStore, FlowPage, FlowPosition, LoggedFlow } from './flow-log-store.ts';
import { DIRECTIONS, type Direction, type FlowOrder, type Place } from './flow-order.ts';
import { legacyIdOf } from './legacy/legacy-item.ts';
import { pageLegacyFlows } from './legacy/page-legacy.ts';
import { HOUR_MS, hourOf } from './object-key.ts';
import { deadlineCheck, isInRange, legacyRange, legacyStore, unexpiredRange } from './read-flow-logs.ts';
import { listHour, readHour, type StoredObject } from './read-hour.ts';
import { ReportsSeen } from './reports-seen.ts';

/** Maximum number of hours that a page examines; it may have fewer flows than requested. */
const MAX_HOURS = 48;

/** Length of the first slice of an hour; each further slice is twice as long. */
const FIRST_SLICE_MS = 10_000;

export interface FlowPageRequest extends FlowLogRange {
  matches: FlowMatcher;
  /** All requested flows have one of these hosts at an end, canonical; default: any host. */
  hosts?: readonly string[] | undefined;
  limit: number;
  start?: FlowPosition | undefined;
  /** Default: NEWEST_FIRST. */
  order?: FlowOrder | undefined;
}

/**
 * One page of the logged flows of a range, by the arrival of their reports. Objects that are
 * written or merged between pages don't shift them. Memory holds the flows of one page and those of
 * one object's chunk.
 *
 * @throws ValidationError if the deadline passes before a page could be read, and for oldest first
 * if the last release has flows in the range
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

/** The position after all legacy reports that were sent at or after this time. */
function legacyBefore(to: number): FlowPosition {
  return { sk: `${new Date(to - 1).toISOString()}~`, index: 0 };
}

/**
 * Flows of the last release can be listed newest first only. Refuses the request if the range has
 * any, because they would be missing.
 */
async function refuseLegacy(
  store: FlowLogStore,
  state: FlowLogState,
  request: FlowPageRequest,
): Promise<void> {
  const { flows, next } = await pageLegacy(store, state, { ...request, limit: 1 });
  if (flows.length === 0 && !next) return;
  throw new ValidationError(
    'The previous release has logged flows in this range, which can be listed newest first only: leave order out, or choose a later from.',
    { arguments: ['order', 'from'] },
  );
}

/** A flow that may be on the page. */
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
  const kept = unexpiredRange(store, request);
  const erased = new ErasedAddresses(state.erasures);
  const seen = new ReportsSeen();
  const found: Candidate[] = [];
  const direction = DIRECTIONS[request.order ?? 'NEWEST_FIRST'];
  const begin = direction.begin(kept, start);
  let slice_ms = hosts === undefined ? FIRST_SLICE_MS : HOUR_MS;
  let listed: readonly StoredObject[] = [];
  for (let boundary = begin; !direction.isDone(boundary, kept); ) {
    const hour = direction.hourAhead(boundary);
    if (direction.hoursTo(hour, begin) >= MAX_HOURS)
      return { flows: found.map(present), next: positionAt(direction, boundary) };
    if (boundary === begin || direction.isAtHour(boundary)) listed = await listHour(store.objects, hour);
    boundary = direction.seek(boundary, hour, listed);
    if (boundary === direction.hourEnd(hour)) continue;
    const span = direction.slice(boundary, slice_ms, hour, kept);
    const slice = { hour, ...span, erased, hosts, listed, check: deadlineCheck(store) };
    const room = limit - found.length;
    try {
      const candidates = await collect(store, { slice, request, direction, start, seen, limit: room });
      found.push(...candidates.slice(0, room));
      const next = candidates[room];
      if (next) return { flows: found.map(present), next: positionOf(next) };
      boundary = direction.boundaryAfter(span);
      slice_ms *= 2;
    } catch (cause) {
      // The flows so far make a page; the next page reads the interrupted slice again.
      if (store.clock() < store.deadline || boundary === begin) throw cause;
      return { flows: found.map(present), next: positionAt(direction, boundary) };
    }
  }
  return { flows: found.map(present), next: undefined };
}

/**
 * The first flows of a slice in the order of pages; one more than `limit`, if there are that many.
 */
async function collect(
  { objects }: FlowLogStore,
  {
    slice,
    request,
    direction,
    start,
    seen,
    limit,
  }: {
    slice: Parameters<typeof readHour>[1];
    request: FlowPageRequest;
    direction: Direction;
    start: Place | undefined;
    seen: ReportsSeen;
    limit: number;
  },
): Promise<Candidate[]> {
  let candidates: Candidate[] = [];
  for await (const lines of readHour(objects, slice)) {
    const [line] = lines as [FlowLine, ...FlowLine[]];
    if (!isInRange(line, request) || !seen.add(line)) continue;
    const arrived_ms = Date.parse(line.arrived_at);
    for (const line of lines) {
      const flow = flowOf(line);
      if (!request.matches(flow)) continue;
      const candidate = { arrived_ms, line, flow };
      if (start === undefined || direction.compare(candidate, start) >= 0) candidates.push(candidate);
    }
    if (candidates.length > 2 * limit + 1000)
      candidates = candidates.sort(direction.compare).slice(0, limit + 1);
  }
  return candidates.sort(direction.compare).slice(0, limit + 1);
}

function present({ line, flow }: Candidate): LoggedFlow {
  const { edge_id, boot_id, part, seq, n, site_id, sent_at, arrived_at, interval_s } = line;
  const id = [edge_id, boot_id, part, seq, n].map(encodeURIComponent).join('/');
  return { ...flow, id, edge_id, site_id, sent_at, arrived_at, interval_s };
}

/** Marks positions in objects; keys of the last release begin with a time instead. */
const POSITION_MARK = '@';

function isLegacy({ sk }: FlowPosition): boolean {
  return !sk.startsWith(POSITION_MARK);
}

function positionOf({ arrived_ms, line: { edge_id, boot_id, part, seq, n } }: Place): FlowPosition {
  return { sk: `${POSITION_MARK}${JSON.stringify([arrived_ms, edge_id, boot_id, part, seq])}`, index: n };
}

function positionAt(direction: Direction, boundary: number): FlowPosition {
  return positionOf(direction.firstPlace(boundary));
}

function readPosition({ sk, index }: FlowPosition): Place {
  const [arrived_ms, edge_id, boot_id, part, seq] = JSON.parse(sk.slice(POSITION_MARK.length));
  return { arrived_ms, line: { edge_id, boot_id, part, seq, n: index } };
}

/**
 * Flows of the last release, except those that a replay has also put into objects, because they
 * were listed already.
 */
async function pageLegacy(
  store: FlowLogStore,
  state: FlowLogState,
  request: FlowPageRequest,
): Promise<FlowPage> {
  const range = legacyRange(store, state, request);
  if (!range) return { flows: [], next: undefined };
  let ids: Promise<Set<string>> | undefined;
  const erased = new ErasedAddresses(state.erasures);
  return pageLegacyFlows(legacyStore(store), {
    ...range,
    matches: flow => request.matches(flow) && !erased.has(flow, 0),
    // Read on demand: usually there are no legacy flows, and this is never called.
    elsewhere: async id => {
      ids ??= reportsInObjects(store, range);
      return (await ids).has(id);
    },
    limit: request.limit,
    ...(request.start && { start: request.start }),
  });
}

async function reportsInObjects(store: FlowLogStore, request: FlowLogRange): Promise<Set<string>> {
  const ids = new Set<string>();
  const { from, to } = unexpiredRange(store, request);
  const erased = new ErasedAddresses([]);
  for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
    for await (const [line] of readHour(store.objects, {
      hour,
      from,
      to,
      erased,
      check: deadlineCheck(store),
    })) {
      if (isInRange(line!, request)) ids.add(legacyIdOf(line!));
    }
  }
  return ids;
}
