import { HOUR_MS, hourOf } from './flow-key.ts';
import type { FlowLine } from './flow-line.ts';
import type { StoredObject } from './read-hour.ts';

export const FLOW_ORDERS = ['NEWEST_FIRST', 'OLDEST_FIRST'] as const;
export type FlowOrder = (typeof FLOW_ORDERS)[number];

/**
 * What flows are put in order by: the arrival of their report, then which report it is, then their
 * number in it.
 */
export interface Place {
  arrived_ms: number;
  line: Pick<FlowLine, 'edge_id' | 'boot_id' | 'part' | 'seq' | 'n'>;
}

/** Arrivals, milliseconds since the epoch: from … and before …. */
interface Span {
  from: number;
  to: number;
}

/**
 * How a page goes through a range. An edge is an instant: what lies on one side of it is done, the
 * other side is to be read. An hour and a slice of it lie ahead of an edge.
 */
export interface Direction {
  /** The edge where a range begins, behind nothing or behind a place that is taken again. */
  begin(range: Span, start: Place | undefined): number;
  isOver(edge: number, range: Span): boolean;
  hourAhead(edge: number): number;
  /** Whether an edge is the beginning of its hour ahead. */
  isAtHour(edge: number): boolean;
  /**
   * The edge, moved straight to where objects of its hour have something; the end of the hour where
   * none has.
   */
  seek(edge: number, hour: number, listed: readonly StoredObject[]): number;
  hourEnd(hour: number): number;
  /** Hours between two. */
  hoursTo(hour: number, from_edge: number): number;
  slice(edge: number, length_ms: number, hour: number, range: Span): Span;
  /** The edge behind a slice. */
  behind(slice: Span): number;
  /** The first place that may lie ahead of an edge. */
  firstPlace(edge: number): Place;
  compare(a: Place, b: Place): number;
}

const NEWEST_FIRST: Direction = {
  begin: ({ to }, start) => (start ? Math.min(to, start.arrived_ms + 1) : to),
  isOver: (edge, { from }) => edge <= from,
  hourAhead: edge => hourOf(edge - 1),
  isAtHour: edge => hourOf(edge) === edge,
  seek: (edge, hour, listed) =>
    listed
      .filter(({ first_ms }) => first_ms < edge)
      .reduce((at, { last_ms }) => Math.max(at, Math.min(edge, last_ms + 1)), hour),
  hourEnd: hour => hour,
  hoursTo: (hour, from_edge) => (hourOf(from_edge - 1) - hour) / HOUR_MS,
  slice: (edge, length_ms, hour, { from }) => ({ from: Math.max(from, hour, edge - length_ms), to: edge }),
  behind: ({ from }) => from,
  firstPlace: edge => placeAt(edge - 1),
  compare: (a, b) => b.arrived_ms - a.arrived_ms || compareLines(a, b),
};

const OLDEST_FIRST: Direction = {
  begin: ({ from }, start) => (start ? Math.max(from, start.arrived_ms) : from),
  isOver: (edge, { to }) => edge >= to,
  hourAhead: edge => hourOf(edge),
  isAtHour: edge => hourOf(edge) === edge,
  seek: (edge, hour, listed) =>
    listed
      .filter(({ last_ms }) => last_ms >= edge)
      .reduce((at, { first_ms }) => Math.min(at, Math.max(edge, first_ms)), hour + HOUR_MS),
  hourEnd: hour => hour + HOUR_MS,
  hoursTo: (hour, from_edge) => (hour - hourOf(from_edge)) / HOUR_MS,
  slice: (edge, length_ms, hour, { to }) => ({
    from: edge,
    to: Math.min(to, hour + HOUR_MS, edge + length_ms),
  }),
  behind: ({ to }) => to,
  firstPlace: edge => placeAt(edge),
  compare: (a, b) => a.arrived_ms - b.arrived_ms || compareLines(a, b),
};

export const DIRECTIONS: Record<FlowOrder, Direction> = { NEWEST_FIRST, OLDEST_FIRST };

/** Before all that arrived at an instant, in either direction. */
function placeAt(arrived_ms: number): Place {
  return { arrived_ms, line: { edge_id: '', boot_id: '', part: 0, seq: 0, n: 0 } };
}

/** What arrived together goes by its report and its place there, so that a token finds it again. */
function compareLines({ line: a }: Place, { line: b }: Place): number {
  return (
    compareTexts(a.edge_id, b.edge_id) ||
    compareTexts(a.boot_id, b.boot_id) ||
    a.part - b.part ||
    a.seq - b.seq ||
    a.n - b.n
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
