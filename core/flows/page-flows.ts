import type { FlowRecord } from '../totals/flow-record.ts';
import { ErasedAddresses } from './erased-addresses.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { HOUR_MS, hourOf } from './flow-key.ts';
import { type FlowLine, flowOf } from './flow-line.ts';
import { type FlowLogState, readFlowLogState } from './flow-log-state.ts';
import type { FlowLogRange, FlowLogStore, FlowPage, FlowPosition, LoggedFlow } from './flow-log-store.ts';
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
  /** Every flow that is asked for has one of these hosts at an end, canonical; left out: any may be there. */
  hosts?: readonly string[] | undefined;
  limit: number;
  start?: FlowPosition | undefined;
}

/**
 * The logged flows of a range, one page, the report that arrived last first. What is written or merged meanwhile moves nothing. Memory
 * holds the flows of a page and those of one object's chunk.
 *
 * @throws ValidationError when the deadline comes before a page could be read
 */
export async function pageFlows(store: FlowLogStore, request: FlowPageRequest): Promise<FlowPage> {
  const state = await readFlowLogState(store);
  const { start } = request;
  if (start && isLegacy(start)) return pageLegacy(store, state, request);
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

/** A flow on its way to a page, and what it is put in order by. */
interface Candidate {
  arrived_ms: number;
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
  const begin = start ? Math.min(kept.to, start.arrived_ms + 1) : kept.to;
  const end = hourOf(begin - 1) - (MAX_HOURS - 1) * HOUR_MS;
  let slice_ms = hosts === undefined ? FIRST_SLICE_MS : HOUR_MS;
  let listed: readonly StoredObject[] = [];
  for (let to = begin; kept.from < to; ) {
    const hour = hourOf(to - 1);
    if (hour < end) return { flows: found.map(present), next: before(to) };
    if (to === begin || to === hour + HOUR_MS) listed = await listHour(store.objects, hour);
    // Straight to where there is something.
    const behind = listed.filter(({ first_ms }) => first_ms < to);
    to = behind.reduce((at, { last_ms }) => Math.max(at, Math.min(to, last_ms + 1)), hour);
    if (to === hour) continue;
    const from = Math.max(kept.from, hour, to - slice_ms);
    const slice = { hour, from, to, erased, hosts, listed, check: checkOf(store) };
    const room = limit - found.length;
    try {
      const candidates = await collect(store, { slice, request, start, seen, limit: room });
      found.push(...candidates.slice(0, room));
      const next = candidates[room];
      if (next) return { flows: found.map(present), next: positionOf(next) };
      to = from;
      slice_ms *= 2;
    } catch (cause) {
      // What was read is a page already; a slice that is cut off is read again by the next.
      if (store.clock() < store.deadline || to === begin) throw cause;
      return { flows: found.map(present), next: before(to) };
    }
  }
  return { flows: found.map(present), next: undefined };
}

/** The first flows of a slice in the order of pages, one more than asked for if there are so many. */
async function collect(
  { objects }: FlowLogStore,
  {
    slice,
    request,
    start,
    seen,
    limit,
  }: {
    slice: Parameters<typeof readHour>[1];
    request: FlowPageRequest;
    start: Position | undefined;
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
      if (start === undefined || byPlace(candidate, start) >= 0) candidates.push(candidate);
    }
    if (candidates.length > 2 * limit + 1000) candidates = candidates.sort(byPlace).slice(0, limit + 1);
  }
  return candidates.sort(byPlace).slice(0, limit + 1);
}

type Place = Pick<Candidate, 'arrived_ms'> & {
  line: Pick<FlowLine, 'edge_id' | 'boot_id' | 'part' | 'seq' | 'n'>;
};
type Position = Place;

/** Later arrivals first; what arrived together by its report and its place there, so that a token finds it again. */
function byPlace(a: Place, b: Place): number {
  return (
    b.arrived_ms - a.arrived_ms ||
    compare(a.line.edge_id, b.line.edge_id) ||
    compare(a.line.boot_id, b.line.boot_id) ||
    a.line.part - b.line.part ||
    a.line.seq - b.line.seq ||
    a.line.n - b.line.n
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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

/** Behind all that arrived at or after this time. */
function before(to: number): FlowPosition {
  return positionOf({ arrived_ms: to - 1, line: { edge_id: '', boot_id: '', part: 0, seq: 0, n: 0 } });
}

function readPosition({ sk, index }: FlowPosition): Position {
  const [arrived_ms, edge_id, boot_id, part, seq] = JSON.parse(sk.slice(BY_ARRIVAL.length));
  return { arrived_ms, line: { edge_id, boot_id, part, seq, n: index } };
}

/** Flows of the last release. Those that a replay has put into objects too are left out: they were told already. */
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
