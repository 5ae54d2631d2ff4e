import type { Silence } from '../inventory/edges/completeness.ts';
import type { CompletenessAt } from './last-completeness.ts';
import { ceilTo, type KeptAsOf, RESOLUTIONS } from './resolution.ts';
import type { SnapshotMark } from './sample.ts';
import { readLastMarkItem, type SampleStore } from './sample-store.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;

/**
 * Edges without a report for the instants from `from` to `to`, `to` exclusive; milliseconds on the
 * grid of minutes.
 */
interface SilenceSpan {
  from: number;
  to: number;
  edges: number;
}

/** Which part of the network was silent at the instants of a range, as known to one reading. */
export interface KnownSilences {
  /** When the lanes were read, milliseconds; undefined without a reading. */
  as_of: number | undefined;
  spans: readonly SilenceSpan[];
}

/**
 * Silences as one text, so that a mark shows how complete all instants before it are: `from to
 * edges …` in minutes, with 0 for a silence that lasts, and edges with the same ends counted
 * together. Silences from before the retention of minutes are on the grid of hours, then of days.
 */
export function packSilences(silences: readonly Silence[], kept: KeptAsOf): string {
  const counts = new Map<string, number>();
  for (const silence of silences) {
    const from = onGrid(silence.from, kept);
    const to = silence.to === Number.POSITIVE_INFINITY ? 0 : onGrid(silence.to, kept);
    if (to !== 0 && (to <= from || to < kept.now - kept.retention.DAY)) continue;
    const key = `${from / MINUTE_MS} ${to / MINUTE_MS}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Array.from(counts, ([ends, edges]) => `${ends} ${edges}`).join(' ');
}

function onGrid(instant: number, { now, retention }: KeptAsOf): number {
  const { MINUTE, HOUR, DAY } = RESOLUTIONS;
  const age = now - instant;
  if (age <= retention.MINUTE) return ceilTo(instant, MINUTE.ms);
  return ceilTo(instant, age <= retention.HOUR ? HOUR.ms : DAY.ms);
}

/** The silences known to the newest snapshot by `now`. One small read. */
export async function readSilences(store: SampleStore, { now }: { now: number }): Promise<KnownSilences> {
  const newest = await readLastMarkItem(store, { resolution: 'MINUTE', before: now });
  if (newest?.silences === undefined) return { as_of: undefined, spans: [] };
  return { as_of: newest.mark.taken_at, spans: unpackSilences(newest.silences) };
}

function unpackSilences(packed: string): SilenceSpan[] {
  const figures = packed === '' ? [] : packed.split(' ').map(Number);
  const spans: SilenceSpan[] = [];
  for (let start = 0; start + 2 < figures.length; start += 3) {
    const [from, to, edges] = figures.slice(start, start + 3) as [number, number, number];
    spans.push({
      from: from * MINUTE_MS,
      to: to === 0 ? Number.POSITIVE_INFINITY : to * MINUTE_MS,
      edges,
    });
  }
  return spans;
}

/**
 * How complete the instant of a mark is: the number of edges that were expected then, and of those
 * whose reports cover it by now. Without a newer reading these are the figures of the mark itself.
 */
export function completenessOf(
  { at, edges_expected, edges_heard, taken_at, groups }: SnapshotMark,
  { as_of, spans }: KnownSilences,
): CompletenessAt {
  if (as_of === undefined) return { edges_expected, edges_heard, as_of: taken_at, groups };
  let silent = 0;
  for (const { from, to, edges } of spans) if (from <= at && at < to) silent += edges;
  return { edges_expected, edges_heard: Math.max(0, edges_expected - silent), as_of, groups };
}
