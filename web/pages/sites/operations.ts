import { graphql } from '../../data/graphql.ts';

export const SITES = graphql(`
  query Sites($search: String, $next_token: String) {
    sites(search: $search, limit: 100, next_token: $next_token) {
      items { id name location created_at last_seen path_count worst_status endpoints { id } }
      next_token
    }
  }
`);

export const SITES_ON_MAP = graphql(`
  query SitesOnMap($within: GeoBox!, $next_token: String) {
    sites(within: $within, limit: 100, next_token: $next_token) {
      items { id name latitude longitude worst_status }
      next_token
    }
  }
`);

export const SITE = graphql(`
  query Site($id: ID!) {
    site(id: $id) {
      id name location latitude longitude public_key created_at updated_at last_seen
      endpoints { id address interface_type cost_per_gb reachable created_at updated_at }
    }
    countSitePaths(site_id: $id)
  }
`);

export const SITE_PATHS = graphql(`
  query SitePaths($site_id: ID!, $next_token: String) {
    allPaths(site_id: $site_id, order_by: WORST_FIRST, limit: 100, next_token: $next_token) {
      sites { id name }
      items {
        id source_site_id source_endpoint_id destination_site_id destination_endpoint_id status
        metrics { latency_ms packet_loss_pct settled_score }
        traffic { tx_bits_per_second rx_bits_per_second }
      }
      next_token
    }
  }
`);

export const EDGES = graphql(`
  query Edges($next_token: String) {
    edges(limit: 100, next_token: $next_token) {
      items {
        id site_id registered site_known silent_after_s retired_at last_seen behind active_flows bytes_exact
        clock_skew_seconds refused { reason }
      }
      next_token
    }
  }
`);

export const DELETED_SITES = graphql(`
  query DeletedSites($next_token: String) {
    deletedSites(limit: 100, next_token: $next_token) {
      items {
        site_id name location deleted_at restorable_until endpoints paths audit_id
        deleted_by { kind email username sub }
      }
      next_token
    }
  }
`);

export const DELETION_PREVIEW = graphql(`
  query DeletionPreview($site_id: ID!) {
    siteDeletionPreview(site_id: $site_id) {
      endpoints paths peer_sites policies
      traffic_24h { bytes_exact packets_exact }
    }
  }
`);

export const CREATE_SITE = graphql(`
  mutation CreateSite(
    $name: String!, $location: String, $latitude: Float, $longitude: Float, $public_key: String
    $client_token: String
  ) {
    createSite(
      name: $name, location: $location, latitude: $latitude, longitude: $longitude, public_key: $public_key
      client_token: $client_token
    ) { id name }
  }
`);

export const UPDATE_SITE = graphql(`
  mutation UpdateSite(
    $site_id: ID!, $name: String, $location: String, $latitude: Float, $longitude: Float, $public_key: String
    $if_updated_at: AWSDateTime
  ) {
    updateSite(
      site_id: $site_id, name: $name, location: $location, latitude: $latitude, longitude: $longitude
      public_key: $public_key, if_updated_at: $if_updated_at
    ) { id name }
  }
`);

export const UPDATE_ENDPOINT = graphql(`
  mutation UpdateEndpoint(
    $site_id: ID!, $endpoint_id: ID!, $address: String, $interface_type: InterfaceType, $cost_per_gb: Float
    $if_updated_at: AWSDateTime
  ) {
    updateEndpoint(
      site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: $interface_type
      cost_per_gb: $cost_per_gb, if_updated_at: $if_updated_at
    ) { id site_id }
  }
`);

export const ADD_ENDPOINT = graphql(`
  mutation AddEndpoint(
    $site_id: ID!, $endpoint_id: ID, $address: String!, $interface_type: InterfaceType!, $cost_per_gb: Float
    $client_token: String
  ) {
    addEndpoint(
      site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: $interface_type
      cost_per_gb: $cost_per_gb, client_token: $client_token
    ) { id site_id }
  }
`);

export const REMOVE_ENDPOINT = graphql(`
  mutation RemoveEndpoint($site_id: ID!, $endpoint_id: ID!) {
    removeEndpoint(site_id: $site_id, endpoint_id: $endpoint_id) { message audit_id finished }
  }
`);

export const DELETE_SITE = graphql(`
  mutation DeleteSite($site_id: ID!) {
    deleteSite(site_id: $site_id) { message audit_id finished }
  }
`);

export const DELETE_SITES = graphql(`
  mutation DeleteSites($site_ids: [ID!]!) {
    deleteSites(site_ids: $site_ids) { success message audit_id site_id finished error_type }
  }
`);

export const RESTORE_SITE = graphql(`
  mutation RestoreSite($site_id: ID!) {
    restoreSite(site_id: $site_id) { message audit_id finished skipped { path_id peer_site_id reason } }
  }
`);

export const REGISTER_EDGE = graphql(`
  mutation RegisterEdge($id: ID!, $site_id: ID!, $interval_s: Int, $client_token: String) {
    registerEdge(id: $id, site_id: $site_id, interval_s: $interval_s, client_token: $client_token) { id }
  }
`);

export const RETIRE_EDGE = graphql(`
  mutation RetireEdge($id: ID!) {
    retireEdge(id: $id) { id }
  }
`);

export const SITE_EDGES = graphql(`
  query SiteEdges($site_id: ID!, $next_token: String) {
    edges(site_id: $site_id, limit: 100, next_token: $next_token) {
      items {
        id site_id registered site_known silent_after_s retired_at last_seen behind active_flows bytes_exact
        clock_skew_seconds refused { reason }
      }
      next_token
    }
  }
`);
