import { graphql } from '../../data/graphql.ts';

export const ALL_PATHS = graphql(`
  query AllPaths(
    $status: PathStatus $site_id: ID $policy_id: ID $order_by: PathOrder $next_token: String
  ) {
    allPaths(
      status: $status site_id: $site_id policy_id: $policy_id order_by: $order_by limit: 200
      next_token: $next_token
    ) {
      total
      by_status { status count }
      sites { id name }
      items {
        id source_site_id source_endpoint_id destination_site_id destination_endpoint_id status
        maintenance { until }
        metrics { latency_ms jitter_ms packet_loss_pct settled_score measured_at }
        traffic { tx_bits_per_second rx_bits_per_second }
      }
      next_token
    }
  }
`);

export const MATRIX = graphql(`
  query PathMatrix($next_token: String) {
    pathMatrix(next_token: $next_token) {
      pairs { source_site_id destination_site_id worst_status worst_score paths }
      total
      sites { id name }
      next_token
    }
  }
`);

export const PATHS_OF_SITE = graphql(`
  query PathsOfSite($site_id: ID!) {
    allPaths(site_id: $site_id, limit: 1000) {
      sites { id name }
      items {
        id source_site_id source_endpoint_id destination_site_id destination_endpoint_id status
        metrics { latency_ms settled_score }
      }
    }
  }
`);

/** One path, and the other paths between its two sites, whose names decisions need. */
export const PATH_BESIDE = graphql(`
  query PathBeside($path_id: ID!) {
    allPaths(beside: $path_id, limit: 1000) {
      sites { id name }
      items {
        id source_site_id source_endpoint_id destination_site_id destination_endpoint_id status out_for
        wg_interface policies
        maintenance { since until }
        metrics { latency_ms jitter_ms packet_loss_pct bandwidth_mbps score settled_score measured_at }
        traffic { tx_bytes_exact rx_bytes_exact tx_bits_per_second rx_bits_per_second }
      }
    }
  }
`);

export const PATH_LOSS = graphql(`
  query PathLoss($path_id: ID!) {
    pathLoss(path_id: $path_id) {
      probed_loss_pct
      directions { from_site_id to_site_id sent_packets received_packets loss_pct loss_pct_min loss_pct_max }
    }
  }
`);

export const PATH_HISTORY = graphql(`
  query PathHistory($path_id: ID!, $from: AWSDateTime!, $to: AWSDateTime!) {
    pathHistory(path_id: $path_id, from: $from, to: $to, points: 300) {
      from at latency_ms packet_loss_pct score tx_bits_per_second rx_bits_per_second gaps
    }
  }
`);

export const DECISIONS = graphql(`
  query Decisions($source_site_id: ID!, $destination_site_id: ID!, $at: AWSDateTime) {
    routingDecisions(source_site_id: $source_site_id, destination_site_id: $destination_site_id, at: $at) {
      at
      decisions {
        policy_id policy_name selected_path_id reason preference
        candidates {
          path_id class settled_score latency_ms jitter_ms packet_loss_pct bandwidth_mbps cost_per_gb
          value margin excluded rank
        }
      }
    }
  }
`);

export const FAIL_OVER = graphql(`
  mutation FailOver($path_id: ID!, $until: AWSDateTime, $until_restored: Boolean) {
    failoverPath(path_id: $path_id, until: $until, until_restored: $until_restored) {
      message audit_id flows_moved bytes_moved_exact moved_since bytes_carried_exact without_path
      moved { policy_id old_path_id new_path_id reason }
      samples { settled_score packet_loss_pct latency_ms measured_at }
    }
  }
`);

export const BRING_BACK = graphql(`
  mutation BringBack($path_id: ID!) {
    restorePath(path_id: $path_id) {
      message audit_id flows_moved bytes_moved_exact moved_since bytes_carried_exact without_path
      moved { policy_id old_path_id new_path_id reason }
      samples { settled_score packet_loss_pct latency_ms measured_at }
    }
  }
`);

export const CHECK_HEALTH = graphql(`
  mutation CheckHealth($path_id: ID!) {
    checkPathHealth(path_id: $path_id) { id probe { fresh reason } }
  }
`);
