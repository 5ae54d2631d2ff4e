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

/** What people call policies, groups of networks and ports, and the first edges. */
export const FLOW_NAMES = graphql(`
  query FlowNames {
    policies(limit: 1000, defined_only: true) { items { id name } }
    edges(limit: 100) { items { id } }
    namedGroups { name kind }
  }
`);

/** What people call sites, page by page. */
export const SITE_NAMES = graphql(`
  query FlowSiteNames($next_token: String) {
    sites(limit: 100, next_token: $next_token) { items { id name } next_token }
  }
`);
