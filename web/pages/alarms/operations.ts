import { graphql, type ResultOf } from '../../data/graphql.ts';

export const ALARMS = graphql(`
  query Alarms($next_token: String) {
    alarms(limit: 100, next_token: $next_token) {
      items { id severity since title target target_name site_id acknowledged_at muted_until }
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

/** Objects that a threshold can be set on. */
export const THRESHOLD_TARGETS = graphql(`
  query ThresholdTargets {
    policies(limit: 100) { items { id name } }
    sites(limit: 100) { items { id name } }
    edges(limit: 100) { items { id } }
  }
`);

export const DESTINATIONS = graphql(`
  query Destinations {
    destinations { items { id name type url kinds secret_set_at updated_at } }
  }
`);

export type DestinationRow = ResultOf<typeof DESTINATIONS>['destinations']['items'][number];

export const SET_DESTINATION = graphql(`
  mutation SetDestination(
    $name: String!, $type: DestinationType!, $url: String, $secret: String, $kinds: [AlarmKind!]
  ) {
    setDestination(name: $name, type: $type, url: $url, secret: $secret, kinds: $kinds) { id name }
  }
`);

export const UPDATE_DESTINATION = graphql(`
  mutation UpdateDestination(
    $id: ID!, $name: String, $url: String, $secret: String, $kinds: [AlarmKind!], $if_updated_at: AWSDateTime
  ) {
    updateDestination(
      id: $id, name: $name, url: $url, secret: $secret, kinds: $kinds, if_updated_at: $if_updated_at
    ) { id name }
  }
`);

export const REMOVE_DESTINATION = graphql(`
  mutation RemoveDestination($id: ID!) { removeDestination(id: $id) { message } }
`);

export const TEST_DESTINATION = graphql(`
  mutation TestDestination($id: ID!) { testDestination(id: $id) { message } }
`);

export const DELIVERIES = graphql(`
  query Deliveries($destination_id: ID!, $next_token: String) {
    deliveries(destination_id: $destination_id, limit: 50, next_token: $next_token) {
      items {
        id event title status attempts answer_code error created_at last_attempt_at next_attempt_at
      }
      next_token
    }
  }
`);

export type DeliveryRow = ResultOf<typeof DELIVERIES>['deliveries']['items'][number];

export const MUTES = graphql(`
  query Mutes {
    mutes { items { id target threshold_id until reason created_at } }
  }
`);

export type MuteRow = ResultOf<typeof MUTES>['mutes']['items'][number];

export const SET_MUTE = graphql(`
  mutation SetMute($target: String, $threshold_id: ID, $until: AWSDateTime!, $reason: String!) {
    setMute(target: $target, threshold_id: $threshold_id, until: $until, reason: $reason) { id }
  }
`);

export const REMOVE_MUTE = graphql(`
  mutation RemoveMute($id: ID!) { removeMute(id: $id) { message audit_id } }
`);
