import { RESOLUTIONS } from '../history/resolution.ts';
import { timestamp } from '../storage/store-context.ts';
import type { HistoryRow } from './export-reader.ts';
import { trafficFilterOf } from './export-request.ts';
import { columnsOf, type ExportTable } from './export-table.ts';

/**
 * Intervals of one query. For a thousand lanes it reads some hundred megabytes.
 */
const CHUNK_POINTS = 240;

/**
 * The intervals of a policy, or of the traffic that passes a filter. They are read in chunks.
 * Consecutive ranges have every increment once, so the chunks together equal one answer over the
 * whole range, including gaps across their borders.
 */
export const historyTable: ExportTable<'HISTORY', HistoryRow> = {
  columns: () =>
    columnsOf({
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
      edges_expected: ({ completeness }) => completeness?.edges_expected,
      edges_heard: ({ completeness }) => completeness?.edges_heard,
      completeness_as_of_utc: ({ completeness }) => completeness?.as_of,
    }),

  async *pages(reader, request, start = null) {
    const { from, to, resolution } = request;
    const chunk = CHUNK_POINTS * RESOLUTIONS[resolution].ms;
    const filter = trafficFilterOf(request);
    for (let begin = start === null ? from : Date.parse(start); begin < to; begin += chunk) {
      const end = Math.min(to, begin + chunk);
      const { points } = await reader.history({ filter, from: begin, to: end, resolution });
      yield { rows: points, share: (end - from) / (to - from), position: timestamp(end) };
    }
  },
};
