import { graphql, type ResultOf } from '../../data/graphql.ts';

export const FLOWS = graphql(`
  query Flows($filter: FlowFilter, $from: AWSDateTime!, $to: AWSDateTime!, $next_token: String) {
    flows(filter: $filter, from: $from, to: $to, limit: 200, next_token: $next_token) {
      items {
        id sent_at arrived_at interval_s edge_id site_id endpoint_id policy_id
        src src_port dst dst_port protocol application packets_exact bytes_exact first last
      }
      next_token
    }
  }
`);

export type FlowRow = ResultOf<typeof FLOWS>['flows']['items'][number];

/** Names of policies and groups, and the ids of the first edges. */
export const FLOW_NAMES = graphql(`
  query FlowNames {
    policies(limit: 1000, defined_only: true) { items { id name } }
    edges(limit: 100) { items { id } }
    namedGroups { name kind }
  }
`);

/** Names of sites, page by page. */
export const SITE_NAMES = graphql(`
  query FlowSiteNames($next_token: String) {
    sites(limit: 1000, next_token: $next_token) { items { id name } next_token }
  }
`);

export const TALKERS = graphql(`
  query Talkers($by: [FlowGroup!]!, $from: AWSDateTime!, $to: AWSDateTime!, $flows: FlowFilter) {
    flowStats(group_by: $by, from: $from, to: $to, flows: $flows, limit: 20) {
      from to other_rows
      rows {
        protocol application source_prefix destination_prefix policy_id site_id endpoint_id edge_id
        source destination port source_group destination_group port_group packets_exact bytes_exact
      }
      other { packets_exact bytes_exact }
      unmatched { bytes_exact }
      unattributed { bytes_exact }
      total { bytes_exact }
      completeness { edges_expected edges_heard }
    }
  }
`);

export type FlowStats = ResultOf<typeof TALKERS>['flowStats'];
export type FlowStatsRow = FlowStats['rows'][number];

/** Flows that arrived lately, for the live tail. */
export const NEWEST_FLOWS = graphql(`
  query NewestFlows($filter: FlowFilter, $from: AWSDateTime!, $to: AWSDateTime!, $next_token: String) {
    flows(filter: $filter, from: $from, to: $to, limit: 1000, next_token: $next_token) {
      items {
        id sent_at arrived_at interval_s edge_id site_id endpoint_id policy_id
        src src_port dst dst_port protocol application packets_exact bytes_exact first last
      }
      next_token
    }
  }
`);

export const NAMED_GROUPS = graphql(`
  query NamedGroups { namedGroups { name kind members updated_at } }
`);

export type GroupRow = ResultOf<typeof NAMED_GROUPS>['namedGroups'][number];

export const SAVE_GROUP = graphql(`
  mutation SaveNamedGroup($name: ID!, $kind: NamedGroupKind!, $members: [String!]!, $if_updated_at: AWSDateTime) {
    saveNamedGroup(name: $name, kind: $kind, members: $members, if_updated_at: $if_updated_at) { name }
  }
`);

export const DELETE_GROUP = graphql(`
  mutation DeleteNamedGroup($name: ID!, $if_updated_at: AWSDateTime) {
    deleteNamedGroup(name: $name, if_updated_at: $if_updated_at) { name }
  }
`);
