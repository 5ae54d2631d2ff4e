import type { Silence } from '../inventory/edges/completeness.ts';
import type { CompletenessAt } from './last-completeness.ts';
import { ceilTo, type KeptAsOf, RESOLUTIONS } from './resolution.ts';
import type { SnapshotMark } from './sample.ts';
import { readLastMarkItem, type SampleStore } from './sample-store.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;

/**
 * Edges of which no report covers the instants `from` to `to`, `to` exclusive; milliseconds on the
 * grid of minutes.
 */
interface SilenceSpan {
  from: number;
  to: number;
  edges: number;
}

/** How much of the network the instants of a range cover, as one reading knows it. */
export interface KnownSilences {
  /** When the lanes were read, milliseconds; undefined where no reading says. */
  as_of: number | undefined;
  spans: readonly SilenceSpan[];
}

/**
 * Silences as one text, so that a mark tells how complete all instants before it are:
 * `from to edges …` in minutes, 0 for a silence that goes on, edges with the same ends counted
 * together. What is older than minutes are kept is on the grid of hours, then of days.
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

/** What the newest snapshot by `now` knows of silent edges. One small read. */
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
 * How complete the instant of a mark is: the edges that were expected then, and those of them whose
 * reports cover it by now. Without a newer reading it is what the mark's own reading saw.
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
