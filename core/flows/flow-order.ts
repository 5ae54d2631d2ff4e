import type { FlowLine } from './flow-line.ts';
import { HOUR_MS, hourOf } from './object-key.ts';
import type { StoredObject } from './read-hour.ts';

export const FLOW_ORDERS = ['NEWEST_FIRST', 'OLDEST_FIRST'] as const;
export type FlowOrder = (typeof FLOW_ORDERS)[number];

/**
 * Flows are ordered by the arrival of their report, then by the report's ids, then by their number
 * in it.
 */
export interface Place {
  arrived_ms: number;
  line: Pick<FlowLine, 'edge_id' | 'boot_id' | 'part' | 'seq' | 'n'>;
}

/** Arrivals at or after `from` and before `to`, milliseconds since the epoch. */
interface Span {
  from: number;
  to: number;
}

/**
 * How a page goes through a range. A boundary is an instant: one side of it is done, the other one
 * is still to be read. The next hour and the next slice of it begin at the boundary.
 */
export interface Direction {
  /** The first boundary of a range: its beginning, or the place where a previous page ended. */
  begin(range: Span, start: Place | undefined): number;
  isDone(boundary: number, range: Span): boolean;
  hourAhead(boundary: number): number;
  /** Whether a boundary is at the beginning of the next hour. */
  isAtHour(boundary: number): boolean;
  /**
   * The boundary, moved to the next instant for which the hour has objects; the end of the hour if
   * there is none.
   */
  seek(boundary: number, hour: number, listed: readonly StoredObject[]): number;
  hourEnd(hour: number): number;
  /** Number of hours between a boundary and an hour. */
  hoursTo(hour: number, from_boundary: number): number;
  slice(boundary: number, length_ms: number, hour: number, range: Span): Span;
  /** The boundary after a slice. */
  boundaryAfter(slice: Span): number;
  /** The first place after a boundary. */
  firstPlace(boundary: number): Place;
  compare(a: Place, b: Place): number;
}

const NEWEST_FIRST: Direction = {
  begin: ({ to }, start) => (start ? Math.min(to, start.arrived_ms + 1) : to),
  isDone: (boundary, { from }) => boundary <= from,
  hourAhead: boundary => hourOf(boundary - 1),
  isAtHour: boundary => hourOf(boundary) === boundary,
  seek: (boundary, hour, listed) =>
    listed
      .filter(({ first_ms }) => first_ms < boundary)
      .reduce((at, { last_ms }) => Math.max(at, Math.min(boundary, last_ms + 1)), hour),
  hourEnd: hour => hour,
  hoursTo: (hour, from_boundary) => (hourOf(from_boundary - 1) - hour) / HOUR_MS,
  slice: (boundary, length_ms, hour, { from }) => ({
    from: Math.max(from, hour, boundary - length_ms),
    to: boundary,
  }),
  boundaryAfter: ({ from }) => from,
  firstPlace: boundary => placeAt(boundary - 1),
  compare: (a, b) => b.arrived_ms - a.arrived_ms || compareLines(a.line, b.line),
};

const OLDEST_FIRST: Direction = {
  begin: ({ from }, start) => (start ? Math.max(from, start.arrived_ms) : from),
  isDone: (boundary, { to }) => boundary >= to,
  hourAhead: boundary => hourOf(boundary),
  isAtHour: boundary => hourOf(boundary) === boundary,
  seek: (boundary, hour, listed) =>
    listed
      .filter(({ last_ms }) => last_ms >= boundary)
      .reduce((at, { first_ms }) => Math.min(at, Math.max(boundary, first_ms)), hour + HOUR_MS),
  hourEnd: hour => hour + HOUR_MS,
  hoursTo: (hour, from_boundary) => (hour - hourOf(from_boundary)) / HOUR_MS,
  slice: (boundary, length_ms, hour, { to }) => ({
    from: boundary,
    to: Math.min(to, hour + HOUR_MS, boundary + length_ms),
  }),
  boundaryAfter: ({ to }) => to,
  firstPlace: boundary => placeAt(boundary),
  compare: (a, b) => a.arrived_ms - b.arrived_ms || compareLines(a.line, b.line),
};

export const DIRECTIONS: Record<FlowOrder, Direction> = { NEWEST_FIRST, OLDEST_FIRST };

/** A place before everything that arrived at an instant, in either direction. */
function placeAt(arrived_ms: number): Place {
  return { arrived_ms, line: { edge_id: '', boot_id: '', part: 0, seq: 0, n: 0 } };
}

/**
 * Orders flows that arrived at the same time by report and place, so that a token can identify
 * them.
 */
export function compareLines(a: Place['line'], b: Place['line']): number {
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
