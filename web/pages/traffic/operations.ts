import { graphql, type ResultOf } from '../../data/graphql.ts';

export const TRAFFIC_SERIES = graphql(`
  query Traffic(
    $by: TrafficGroup! $from: AWSDateTime! $to: AWSDateTime! $filter: TrafficFilter $compare: Boolean
  ) {
    trafficSeries(
      group_by: $by from: $from to: $to filter: $filter limit: 20 compare_previous: $compare
    ) {
      from to resolution step_s at completeness gaps resets
      groups { id bytes_exact bits_per_second }
      other { id bytes_exact bits_per_second }
      total { id bytes_exact bits_per_second }
      previous { from to at groups { id bytes_exact } total { id bytes_exact bits_per_second } }
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

/** Sums by site, policy and endpoint at once. */
export const TRAFFIC_WAYS = graphql(`
  query TrafficWays($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter) {
    trafficStats(group_by: [SITE, POLICY, ENDPOINT], from: $from, to: $to, filter: $filter, limit: 1000) {
      from to
      rows { site_id policy_id endpoint_id bytes_exact }
      other { bytes_exact }
      other_rows
      total { bytes_exact }
    }
  }
`);

export type WaysAnswer = ResultOf<typeof TRAFFIC_WAYS>['trafficStats'];

/** All that is asked for over time, as finely as an answer can be. */
export const TRAFFIC_HOURS = graphql(`
  query TrafficHours($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter, $points: Int!) {
    trafficSeries(from: $from, to: $to, filter: $filter, points: $points) {
      from step_s at gaps completeness
      total { bits_per_second }
    }
  }
`);

export type Hours = ResultOf<typeof TRAFFIC_HOURS>['trafficSeries'];

/** A few intervals of each group. */
export const TRAFFIC_GRID = graphql(`
  query TrafficGrid(
    $by: TrafficGroup! $from: AWSDateTime! $to: AWSDateTime! $filter: TrafficFilter $points: Int!
  ) {
    trafficSeries(group_by: $by, from: $from, to: $to, filter: $filter, points: $points, limit: 20) {
      from step_s at gaps completeness
      groups { id bits_per_second }
    }
  }
`);
