import { type ExportSource, fields, type Row, trafficFilter } from './export-source.ts';

const POINTS = `points {
  from at packets_exact bytes_exact packets_total_exact bytes_total_exact packets_per_second bits_per_second active_flows
  peak_packets_per_second peak_bits_per_second peak_active_flows gap intervals_missed reset
  completeness { edges_expected edges_heard }
}`;

const POLICY = `query ($policy: ID!, $from: AWSDateTime!, $to: AWSDateTime!, $resolution: Resolution) {
  history: policyHistory(policy_id: $policy, from: $from, to: $to, resolution: $resolution) { ${POINTS} } }`;

const TRAFFIC = `query ($filter: TrafficFilter, $from: AWSDateTime!, $to: AWSDateTime!, $resolution: Resolution) {
  history: trafficHistory(filter: $filter, from: $from, to: $to, resolution: $resolution) { ${POINTS} } }`;

/** Interval by interval: of a policy, or of what a filter leaves of all traffic. At most 10,000 points come in one answer. */
export const history: ExportSource = {
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
  async *pages(client, options, progress) {
    const { from, to, resolution, policy } = options;
    const filter = trafficFilter(options);
    const ofPolicy = policy !== undefined && Object.keys(filter).length === 1;
    const variables = { from, to, resolution, ...(ofPolicy ? { policy } : { filter }) };
    const answer = (await client.query(ofPolicy ? POLICY : TRAFFIC, variables)) as Row;
    progress(1);
    yield answer.history.points;
  },
};
