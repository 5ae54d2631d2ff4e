import type { FlowRow } from './export-reader.ts';
import { trafficFilterOf } from './export-request.ts';
import { columnsOf, type ExportTable, shareOf } from './export-table.ts';

/**
 * The flow log from the newest report on. A record without addresses is the sum of the flows that
 * its report doesn't list.
 */
export const flowsTable: ExportTable<'FLOWS', FlowRow> = {
  columns: () =>
    columnsOf({
      sent_at_utc: 'sent_at',
      interval_seconds: 'interval_s',
      edge_id: 'edge_id',
      site_id: 'site_id',
      endpoint_id: 'endpoint_id',
      policy_id: 'policy_id',
      source_address: 'src',
      source_port: 'src_port',
      destination_address: 'dst',
      destination_port: 'dst_port',
      ip_protocol: 'protocol',
      application: 'application',
      packets: 'packets_exact',
      bytes: 'bytes_exact',
      first_packet_utc: 'first',
      last_packet_utc: 'last',
    }),

  async *pages(reader, request, start = null) {
    const { from, to, address, port, protocol, application } = request;
    const filter = { ...trafficFilterOf(request), address, port, protocol, application };
    let next_token: string | null = start;
    let share = 0;
    do {
      const page = await reader.flows({ from, to, filter, next_token });
      next_token = page.next_token;
      share = next_token === null ? 1 : Math.max(share, shareOf(request, page.items.at(-1)?.sent_at));
      yield { rows: page.items, share, ...(next_token !== null && { position: next_token }) };
    } while (next_token !== null);
  },
};
