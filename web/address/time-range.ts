import { useEffect, useMemo, useState } from 'react';
import { type Search, useAddress } from './search.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Ranges that end now, by their names in the address. */
export const LIVE_RANGES = {
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
} as const;

export type LiveRange = keyof typeof LIVE_RANGES;

/** The label of each range. */
export const RANGE_WORDS: Record<LiveRange, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};

const DEFAULT_RANGE: LiveRange = '1h';

/** A time range as the address states it: a live one that ends now, or one between two instants. */
export type RangeChoice = { live: LiveRange } | { from: number; to: number };

export interface TimeRange {
  choice: RangeChoice;
  /** RFC 3339, whole minutes, so that the same query runs at most once a minute. */
  from: string;
  to: string;
  compare: boolean;
}

/** Reads a range; an invalid one becomes the last hour. */
export function readRange({ range, from, to }: Search): RangeChoice {
  const [begin, end] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
  if (begin < end) return { from: begin, to: end };
  return {
    live: range !== undefined && Object.hasOwn(LIVE_RANGES, range) ? (range as LiveRange) : DEFAULT_RANGE,
  };
}

/** The parts of an address that state a range. */
export function writeRange(choice: RangeChoice): {
  range: string | undefined;
  from: string | undefined;
  to: string | undefined;
} {
  if ('live' in choice) {
    return { range: choice.live === DEFAULT_RANGE ? undefined : choice.live, from: undefined, to: undefined };
  }
  return { range: undefined, from: shortInstant(choice.from), to: shortInstant(choice.to) };
}

export function boundsOf(choice: RangeChoice, now: number): { from: number; to: number } {
  if (!('live' in choice)) return choice;
  const to = Math.floor(now / MINUTE) * MINUTE;
  return { from: to - LIVE_RANGES[choice.live], to };
}

/**
 * The range of the same length before (‹) or after (›). A range that would end within two minutes
 * of now, or within a twentieth of its length, becomes live again: a step back and a step forward
 * return to the same range.
 */
export function stepRange(choice: RangeChoice, direction: -1 | 1, now: number): RangeChoice {
  const { from, to } = boundsOf(choice, now);
  const length = to - from;
  const moved = { from: from + direction * length, to: to + direction * length };
  if (moved.to < now - Math.max(2 * MINUTE, length / 20)) return moved;
  const live = (Object.keys(LIVE_RANGES) as LiveRange[]).find(name => LIVE_RANGES[name] === length);
  return live ? { live } : { from: now - length, to: now };
}

/** The page's range, from its address; a live one advances each minute. */
export function useTimeRange(): TimeRange {
  const [search] = useAddress();
  const { range, from, to, compare } = search;
  const minute = useMinute();
  return useMemo(() => {
    const choice = readRange({ ...(range && { range }), ...(from && { from }), ...(to && { to }) });
    const bounds = boundsOf(choice, minute);
    return {
      choice,
      from: new Date(bounds.from).toISOString(),
      to: new Date(bounds.to).toISOString(),
      compare: compare === 'yes',
    };
  }, [range, from, to, compare, minute]);
}

/** The start of the current minute; changes with the clock. */
export function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / MINUTE) * MINUTE);
  useEffect(() => {
    const timer = setTimeout(
      () => setMinute(Math.floor(Date.now() / MINUTE) * MINUTE),
      minute + MINUTE - Date.now(),
    );
    return () => clearTimeout(timer);
  }, [minute]);
  return minute;
}

function shortInstant(at: number): string {
  return new Date(at).toISOString().replace(/(:00)?\.000Z$/, 'Z');
}
