import { graphql, type ResultOf } from '../../data/graphql.ts';

export const INCIDENTS = graphql(`
  query Incidents($next_token: String) {
    incidents(limit: 100, next_token: $next_token) {
      items { id name from to created_by { kind email username sub } created_at }
      total
      next_token
    }
  }
`);

export type IncidentRow = ResultOf<typeof INCIDENTS>['incidents']['items'][number];

/** All data of an incident, for the page and for the download. */
export const INCIDENT = graphql(`
  query Incident($id: ID!) {
    incident(id: $id) {
      incident { id name from to created_by { kind email username sub } created_at scope { policy_id site_id peer_site_id } }
      changes {
        from to log_from total
        before { from to bits_per_second completeness { edges_heard edges_expected } }
        after { from to bits_per_second completeness { edges_heard edges_expected } }
        items {
          kind target target_name title effect_bits_per_second before_bits_per_second after_bits_per_second times
          last_at entry_id
        }
      }
      series {
        from to resolution step_s at completeness gaps resets
        groups { id bytes_exact bits_per_second packets_per_second }
        other { id bytes_exact bits_per_second packets_per_second }
        total { id bytes_exact bits_per_second packets_per_second }
        previous { from at total { id bits_per_second packets_per_second } }
      }
      names { target name }
      decisions {
        source_site_id destination_site_id at left_out
        decisions {
          policy_id policy_name selected_path_id reason preference
          candidates {
            path_id class settled_score latency_ms jitter_ms packet_loss_pct bandwidth_mbps cost_per_gb measured_at value
            margin excluded rank
          }
        }
      }
      log { id at title actor { kind email username sub } target target_name audited }
      log_total
      gaps
    }
  }
`);

export type Frozen = ResultOf<typeof INCIDENT>['incident'];

export const CREATE_INCIDENT = graphql(`
  mutation CreateIncident(
    $name: String! $from: AWSDateTime! $to: AWSDateTime! $scope: IncidentScopeInput $client_token: String
  ) {
    createIncident(name: $name, from: $from, to: $to, scope: $scope, client_token: $client_token) { id name }
  }
`);

export const REMOVE_INCIDENT = graphql(`
  mutation RemoveIncident($id: ID!) {
    removeIncident(id: $id) { message audit_id }
  }
`);

/** Names of the policies and sites that an incident can be limited to. */
export const SCOPES = graphql(`
  query IncidentScopes {
    policies(limit: 1000, defined_only: true) { items { id name } }
    sites(limit: 1000) { items { id name } }
  }
`);
