import { RESOLUTIONS } from '../history/resolution.ts';
import { trafficFilterOf } from './export-request.ts';
import { type ExportTable, fields } from './export-table.ts';
import { settleRange } from './settle-range.ts';

/** Intervals that are asked for at once: of a thousand lanes that is some hundred megabytes to read them from. */
const CHUNK_POINTS = 240;

/**
 * Interval by interval: of a policy, or of what a filter leaves of all traffic. Read chunk by chunk: ranges that follow each other have
 * every increment once, so the chunks put together are what one answer over the whole range would be, gaps over their borders included.
 */
export const historyTable: ExportTable = {
  columns: () =>
    fields({
      from_utc: 'from',
      to_utc: 'at',
      packets: 'packets_exact',
      bytes: 'bytes_exact',
      packets_total: 'packets_total_exact',
      bytes_total: 'bytes_total_exact',
      packets_per_second: 'packets_per_second',
      bits_per_second: 'bits_per_second',
      active_flows: 'active_flows',
      peak_packets_per_second: 'peak_packets_per_second',
      peak_bits_per_second: 'peak_bits_per_second',
      peak_active_flows: 'peak_active_flows',
      gap: 'gap',
      intervals_missed: 'intervals_missed',
      reset: 'reset',
      edges_expected: 'completeness.edges_expected',
      edges_heard: 'completeness.edges_heard',
    }),

  async *pages(reader, request, start) {
    const { resolution } = request;
    if (resolution === undefined) throw new Error(`The range is not settled: call ${settleRange.name} first`);
    const { ms } = RESOLUTIONS[resolution];
    const from = Date.parse(request.from);
    const to = Date.parse(request.to);
    const filter = trafficFilterOf(request);
    for (let begin = start ? Date.parse(start) : from; begin < to; begin += CHUNK_POINTS * ms) {
      const end = Math.min(to, begin + CHUNK_POINTS * ms);
      const { points } = await reader.history({ ...filter, from: iso(begin), to: iso(end), resolution });
      yield { rows: points, share: (end - from) / (to - from), position: iso(end) };
    }
  },
};

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
