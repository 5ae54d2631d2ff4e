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

/** Names of policies and sites. */
export const TRAFFIC_NAMES = graphql(`
  query TrafficNames {
    policies(limit: 1000, defined_only: true) { items { id name } }
    sites(limit: 1000) { items { id name } }
  }
`);

/** Sums by site, policy and endpoint in one query. */
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

/** The same from the flow log, with the destination networks. */
export const TRAFFIC_WAYS_OF_FLOWS = graphql(`
  query TrafficWaysOfFlows($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter) {
    flowStats(
      group_by: [SITE, POLICY, ENDPOINT, DESTINATION_PREFIX], from: $from, to: $to, filter: $filter, limit: 1000
    ) {
      from to
      rows { site_id policy_id endpoint_id destination_prefix bytes_exact }
      other { bytes_exact }
      other_rows
      unattributed { bytes_exact }
      total { bytes_exact }
    }
  }
`);

export type WaysOfFlowsAnswer = ResultOf<typeof TRAFFIC_WAYS_OF_FLOWS>['flowStats'];

export type WaysAnswer = ResultOf<typeof TRAFFIC_WAYS>['trafficStats'];

/** The filtered traffic over time, in the finest intervals that one answer can have. */
export const TRAFFIC_HOURS = graphql(`
  query TrafficHours($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter, $points: Int!) {
    trafficSeries(from: $from, to: $to, filter: $filter, points: $points) {
      from step_s at gaps completeness
      total { bits_per_second }
    }
  }
`);

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

/** Three consecutive billing periods. */
export const TRAFFIC_PERCENTILES = graphql(`
  query TrafficPercentiles(
    $from: AWSDateTime! $to: AWSDateTime! $last: AWSDateTime! $earlier: AWSDateTime! $filter: TrafficFilter
  ) {
    current: trafficPercentile(from: $from, to: $to, filter: $filter) {
      from to samples_expected samples_known p95_bits_per_second highest_bits_per_second average_bits_per_second
    }
    last: trafficPercentile(from: $last, to: $from, filter: $filter) {
      from to samples_expected samples_known p95_bits_per_second highest_bits_per_second average_bits_per_second
    }
    earlier: trafficPercentile(from: $earlier, to: $last, filter: $filter) {
      from to samples_expected samples_known p95_bits_per_second highest_bits_per_second average_bits_per_second
    }
  }
`);

export type Percentile = ResultOf<typeof TRAFFIC_PERCENTILES>['current'];

/** The comparison of counters with lanes, and the same traffic summed in each view. */
export const TRAFFIC_PROOF = graphql(`
  query TrafficProof($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter) {
    trafficAudit { agrees policies lanes unreadable_lanes mismatches { policy_id } }
    by_policy: trafficStats(group_by: [POLICY], from: $from, to: $to, filter: $filter, limit: 1000) {
      from to rows { bytes_exact } other { bytes_exact } total { bytes_exact estimated_share }
      completeness { edges_expected edges_heard late_groups { name } }
    }
    by_site: trafficStats(group_by: [SITE], from: $from, to: $to, filter: $filter, limit: 1000) {
      from to rows { bytes_exact } other { bytes_exact } total { bytes_exact }
    }
    by_endpoint: trafficStats(group_by: [ENDPOINT], from: $from, to: $to, filter: $filter, limit: 1000) {
      from to rows { bytes_exact } other { bytes_exact } total { bytes_exact }
    }
    by_edge: trafficStats(group_by: [EDGE], from: $from, to: $to, filter: $filter, limit: 1000) {
      from to rows { bytes_exact } other { bytes_exact } total { bytes_exact }
    }
    trafficSeries(from: $from, to: $to, filter: $filter) { from to gaps total { bytes_exact } }
  }
`);

export type Proof = ResultOf<typeof TRAFFIC_PROOF>;
