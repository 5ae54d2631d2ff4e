import { type ExportSource, fields, listPages, type Row, trafficFilter } from './export-source.ts';

const PAGE = 1000;

const FLOWS = `query ($filter: FlowFilter, $from: AWSDateTime!, $to: AWSDateTime!, $limit: Int, $next_token: String) {
  flows(filter: $filter, from: $from, to: $to, limit: $limit, next_token: $next_token) {
    items {
      sent_at interval_s edge_id site_id endpoint_id policy_id src src_port dst dst_port protocol application packets_exact bytes_exact
      first last
    }
    next_token
  }
}`;

/** The flow log, newest report first. A record without addresses sums what its report doesn't list. */
export const flows: ExportSource = {
  columns: () =>
    fields({
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
  pages(client, options, progress) {
    const { from, to, address, port, protocol, application } = options;
    const filter = { ...trafficFilter(options), address, port, protocol, application };
    const ask = async (next_token: string | null) =>
      ((await client.query(FLOWS, { filter, from, to, limit: PAGE, next_token })) as Row).flows;
    return listPages(ask, { ...options, time: 'sent_at', progress });
  },
};
