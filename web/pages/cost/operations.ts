import { graphql, type ResultOf } from '../../data/graphql.ts';

export const TRAFFIC_COST = graphql(`
  query TrafficCost($by: [TrafficGroup!]!, $from: AWSDateTime!, $to: AWSDateTime!) {
    trafficCost(group_by: $by, from: $from, to: $to, limit: 1000) {
      currency from to
      rows { policy_id site_id endpoint_id edge_id bytes_exact cost_exact unpriced_bytes_exact }
      other { bytes_exact cost_exact unpriced_bytes_exact }
      other_rows
      total { bytes_exact cost_exact unpriced_bytes_exact }
    }
  }
`);

export type TrafficCost = ResultOf<typeof TRAFFIC_COST>['trafficCost'];
