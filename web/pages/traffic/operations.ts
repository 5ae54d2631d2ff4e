import { graphql, type ResultOf } from '../../data/graphql.ts';

export const TRAFFIC_SERIES = graphql(`
  query Traffic($by: TrafficGroup!, $from: AWSDateTime!, $to: AWSDateTime!, $compare: Boolean) {
    trafficSeries(group_by: $by, from: $from, to: $to, limit: 20, compare_previous: $compare) {
      from to resolution step_s at completeness gaps resets
      groups { id bytes_exact bits_per_second }
      other { id bytes_exact bits_per_second }
      total { id bytes_exact bits_per_second }
      previous { from to total { id bytes_exact bits_per_second } }
    }
  }
`);

export type Series = ResultOf<typeof TRAFFIC_SERIES>['trafficSeries'];

/** What people call policies and sites. */
export const TRAFFIC_NAMES = graphql(`
  query TrafficNames {
    policies(limit: 1000, defined_only: true) { items { id name } }
    sites(limit: 1000) { items { id name } }
  }
`);
