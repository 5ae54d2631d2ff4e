import { graphql, type ResultOf } from '../../data/graphql.ts';

export const ALARMS = graphql(`
  query Alarms($next_token: String) {
    alarms(limit: 100, next_token: $next_token) {
      items { id severity since title target target_name site_id acknowledged_at }
      next_token
    }
  }
`);

export const THRESHOLDS = graphql(`
  query Thresholds {
    thresholds(limit: 500) {
      items {
        id name scope target_id target_name metric unit direction value clear_value minutes
        status current_value current_at since updated_at
      }
    }
  }
`);

export type ThresholdRow = ResultOf<typeof THRESHOLDS>['thresholds']['items'][number];

export const SET_THRESHOLD = graphql(`
  mutation SetThreshold(
    $name: String!, $scope: ThresholdScope!, $target_id: ID!, $metric: ThresholdMetric!
    $direction: ThresholdDirection!, $value: Float!, $clear_value: Float, $minutes: Int!
  ) {
    setThreshold(
      name: $name, scope: $scope, target_id: $target_id, metric: $metric
      direction: $direction, value: $value, clear_value: $clear_value, minutes: $minutes
    ) { id name }
  }
`);

export const UPDATE_THRESHOLD = graphql(`
  mutation UpdateThreshold(
    $id: ID!, $name: String, $direction: ThresholdDirection, $value: Float, $clear_value: Float, $minutes: Int
    $if_updated_at: AWSDateTime
  ) {
    updateThreshold(
      id: $id, name: $name, direction: $direction, value: $value, clear_value: $clear_value, minutes: $minutes
      if_updated_at: $if_updated_at
    ) { id name }
  }
`);

export const REMOVE_THRESHOLD = graphql(`
  mutation RemoveThreshold($id: ID!) { removeThreshold(id: $id) { message audit_id } }
`);

/** What thresholds can be on. */
export const THRESHOLD_TARGETS = graphql(`
  query ThresholdTargets {
    policies(limit: 100) { items { id name } }
    sites(limit: 100) { items { id name } }
    edges(limit: 100) { items { id } }
  }
`);
