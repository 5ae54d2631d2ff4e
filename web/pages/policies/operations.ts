import { graphql, type ResultOf } from '../../data/graphql.ts';

export const POLICIES = graphql(`
  query Policies($filter: PolicyFilter, $next_token: String) {
    policies(limit: 1000, filter: $filter, defined_only: true, next_token: $next_token) {
      items {
        id name priority enabled built_in updated_at
        match {
          source_cidr destination_cidr source_port destination_port_from destination_port_to protocol application
        }
      }
      next_token
    }
  }
`);

export type PolicyRow = ResultOf<typeof POLICIES>['policies']['items'][number];

export const SHADOWED_POLICIES = graphql(`
  query ShadowedPolicies {
    shadowedPolicies { items { policy { policy_id } shadowed_by { policy_id policy_name } } }
  }
`);

export const CREATE_POLICY = graphql(`
  mutation CreatePolicy(
    $name: String!, $priority: Int!, $enabled: Boolean, $match: PolicyMatchInput, $client_token: String
  ) {
    createPolicy(name: $name, priority: $priority, enabled: $enabled, match: $match, client_token: $client_token) {
      id name
    }
  }
`);

export const UPDATE_POLICY = graphql(`
  mutation UpdatePolicy(
    $id: ID!, $name: String, $priority: Int, $match: PolicyMatchInput, $if_updated_at: AWSDateTime
  ) {
    updatePolicy(id: $id, name: $name, priority: $priority, match: $match, if_updated_at: $if_updated_at) { id name }
  }
`);

export const TOGGLE_POLICY = graphql(`
  mutation TogglePolicy($id: ID!, $enabled: Boolean!, $if_updated_at: AWSDateTime) {
    togglePolicy(id: $id, enabled: $enabled, if_updated_at: $if_updated_at) { id name enabled }
  }
`);

export const MATCH_POLICY = graphql(`
  query MatchPolicy($flow: FlowInput!) {
    matchPolicy(flow: $flow) {
      taken_by { policy_id policy_name }
      application
      others { policy { policy_id policy_name } reason condition wanted found }
    }
  }
`);

export type Verdict = ResultOf<typeof MATCH_POLICY>['matchPolicy']['others'][number];
