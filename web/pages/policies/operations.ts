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

export const DRAFT_SHADOWS = graphql(`
  query DraftShadows($draft: PolicyDraftInput) {
    shadowedPolicies(draft: $draft) {
      items { policy { policy_id policy_name draft } shadowed_by { policy_id policy_name } }
      undecided { policy_id policy_name }
    }
  }
`);

export const POLICY_IMPACT = graphql(`
  query PolicyImpact($draft: PolicyDraftInput!) {
    policyImpact(draft: $draft, limit: 5) {
      from to
      moved { bytes_exact } moved_flows
      moves { from { policy_id policy_name draft } to { policy_id policy_name draft } flows bytes_exact }
      moves_total
      largest { site_id src src_port dst dst_port protocol application bytes_exact }
      judged { bytes_exact } total { bytes_exact } judged_share
      completeness { edges_heard edges_expected }
      gaps { kind message }
    }
  }
`);

export type Impact = ResultOf<typeof POLICY_IMPACT>['policyImpact'];

/** The traffic of policies in the last hour, one answer for all visible rows. */
export const TRENDS = graphql(`
  query PolicyTrends($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter) {
    trafficSeries(group_by: POLICY, from: $from, to: $to, points: 60, limit: 50, filter: $filter) {
      groups { id bits_per_second }
    }
  }
`);

export const POLICY = graphql(`
  query OnePolicy($id: ID!) {
    policy(id: $id) {
      id name priority enabled built_in defined updated_at
      match {
        source_cidr destination_cidr source_port destination_port_from destination_port_to protocol application
      }
    }
  }
`);

export const POLICY_VERSIONS = graphql(`
  query PolicyVersions($id: ID!, $next_token: String) {
    policyVersions(id: $id, limit: 20, next_token: $next_token) {
      items {
        version at actor { kind email username sub } operation did current
        policy { name }
        changes { field before after }
      }
      next_token
    }
  }
`);

export type PolicyVersion = ResultOf<typeof POLICY_VERSIONS>['policyVersions']['items'][number];

export const RESTORE_VERSION = graphql(`
  mutation RestorePolicyVersion($id: ID!, $version: ID!, $if_updated_at: AWSDateTime) {
    restorePolicyVersion(id: $id, version: $version, if_updated_at: $if_updated_at) { id name }
  }
`);

export const DELETE_POLICY = graphql(`
  mutation DeletePolicy($id: ID!) {
    deletePolicy(id: $id) { message audit_id }
  }
`);

export const ROUTING = graphql(`
  query PolicyRouting($policy_id: ID!) {
    policyRouting(policy_id: $policy_id) {
      preference weights { latency jitter loss bandwidth cost }
      failover_below failback_above failback_hold_seconds updated_at
    }
  }
`);

export type Routing = ResultOf<typeof ROUTING>['policyRouting'];

export const SET_ROUTING = graphql(`
  mutation SetPolicyRouting(
    $policy_id: ID! $preference: PathPreference $weights: PathWeightsInput $failover_below: Float
    $failback_above: Float $failback_hold_seconds: Int $if_updated_at: AWSDateTime
  ) {
    setPolicyRouting(
      policy_id: $policy_id preference: $preference weights: $weights failover_below: $failover_below
      failback_above: $failback_above failback_hold_seconds: $failback_hold_seconds if_updated_at: $if_updated_at
    ) { policy_id }
  }
`);

/** The paths that a policy uses now, and those that it has left. */
export const POLICY_PATHS = graphql(`
  query PolicyPaths($policy_id: ID!) {
    taken: allPaths(policy_id: $policy_id, limit: 50) {
      total
      sites { id name }
      items {
        id source_site_id source_endpoint_id destination_site_id destination_endpoint_id status out_for
        traffic { tx_bits_per_second rx_bits_per_second }
      }
    }
    left: allPaths(left_by: $policy_id, limit: 50) {
      total
      sites { id name }
      items {
        id source_site_id source_endpoint_id destination_site_id destination_endpoint_id status out_for
        traffic { tx_bits_per_second rx_bits_per_second }
      }
    }
  }
`);

export type PolicyPath = ResultOf<typeof POLICY_PATHS>['taken']['items'][number];

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
  query MatchPolicy($flow: FlowInput!, $draft: PolicyDraftInput) {
    matchPolicy(flow: $flow, draft: $draft) {
      taken_by { policy_id policy_name }
      application
      others { policy { policy_id policy_name } reason condition wanted found }
    }
  }
`);

export type Verdict = ResultOf<typeof MATCH_POLICY>['matchPolicy']['others'][number];
