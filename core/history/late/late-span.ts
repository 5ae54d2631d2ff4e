import { ceilTo, floorTo, RESOLUTIONS } from '../resolution.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;

/**
 * Counts in one reading that belong partly to earlier minutes: the counts of edges between two
 * reports, of which one arrived by `from` and the next by `to`. Both are on the grid of minutes;
 * `from` is exclusive.
 */
export interface LateSpan {
  from: number;
  to: number;
  packets: bigint;
  /** Layer-3 bytes. */
  bytes: bigint;
}

export interface Share {
  packets: bigint;
  bytes: bigint;
}

/**
 * The share of a span in `(from, to]`, when it is spread evenly over its minutes. The shares of
 * consecutive ranges that cover the span add up to the whole span, to the byte.
 */
export function shareOf(span: LateSpan, range: { from: number; to: number }): Share {
  const before = countedBy(span, range.from);
  const after = countedBy(span, range.to);
  return { packets: after.packets - before.packets, bytes: after.bytes - before.bytes };
}

function countedBy({ from, to, packets, bytes }: LateSpan, instant: number): Share {
  if (instant <= from) return { packets: 0n, bytes: 0n };
  if (instant >= to) return { packets, bytes };
  const minutes = BigInt((floorTo(instant, MINUTE_MS) - from) / MINUTE_MS);
  const all = BigInt((to - from) / MINUTE_MS);
  return { packets: (packets * minutes) / all, bytes: (bytes * minutes) / all };
}

/** The end of an instant's minute. */
export function minuteOf(instant: number): number {
  return ceilTo(instant, MINUTE_MS);
}

/** Adds up spans with the same ends. */
export class LateSpans {
  readonly #spans = new Map<string, LateSpan>();

  constructor(spans: Iterable<LateSpan> = []) {
    for (const span of spans) this.add(span);
  }

  add({ from, to, packets, bytes }: LateSpan): void {
    const key = `${from}#${to}`;
    const known = this.#spans.get(key);
    if (!known) {
      this.#spans.set(key, { from, to, packets, bytes });
      return;
    }
    known.packets += packets;
    known.bytes += bytes;
  }

  /** The spans in the order of their beginnings. */
  list(): LateSpan[] {
    return [...this.#spans.values()].sort((a, b) => a.from - b.from || a.to - b.to);
  }
}
