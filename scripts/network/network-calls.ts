/** The mutations that change a network, each with its arguments and selected fields. */
export const CALLS = {
  createPolicy: `mutation ($name: String!, $priority: Int!, $enabled: Boolean, $match: PolicyMatchInput) {
    answer: createPolicy(name: $name, priority: $priority, enabled: $enabled, match: $match) { id } }`,
  updatePolicy: `mutation ($id: ID!, $name: String, $priority: Int, $enabled: Boolean, $match: PolicyMatchInput) {
    answer: updatePolicy(id: $id, name: $name, priority: $priority, enabled: $enabled, match: $match) { id } }`,
  deletePolicy: 'mutation ($id: ID!) { answer: deletePolicy(id: $id) { message } }',
  setPolicyRouting: `mutation ($policy_id: ID!, $preference: PathPreference, $weights: PathWeightsInput, $failover_below: Float,
      $failback_above: Float, $failback_hold_seconds: Int) {
    answer: setPolicyRouting(policy_id: $policy_id, preference: $preference, weights: $weights, failover_below: $failover_below,
      failback_above: $failback_above, failback_hold_seconds: $failback_hold_seconds) { policy_id } }`,
  createSite: `mutation ($name: String!, $location: String, $public_key: String) {
    answer: createSite(name: $name, location: $location, public_key: $public_key) { id } }`,
  updateSite: `mutation ($site_id: ID!, $name: String, $location: String, $public_key: String) {
    answer: updateSite(site_id: $site_id, name: $name, location: $location, public_key: $public_key) { id } }`,
  deleteSite: 'mutation ($site_id: ID!) { answer: deleteSite(site_id: $site_id) { message finished } }',
  addEndpoint: `mutation ($site_id: ID!, $endpoint_id: ID, $address: String!, $interface_type: InterfaceType!, $cost_per_gb: Float,
      $reachable: Boolean) {
    answer: addEndpoint(site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: $interface_type,
      cost_per_gb: $cost_per_gb, reachable: $reachable) { id } }`,
  removeEndpoint: `mutation ($site_id: ID!, $endpoint_id: ID!) {
    answer: removeEndpoint(site_id: $site_id, endpoint_id: $endpoint_id) { message finished } }`,
  createPath: `mutation ($source_site_id: ID!, $source_endpoint_id: ID!, $destination_site_id: ID!, $destination_endpoint_id: ID!,
      $wg_interface: String) {
    answer: createPath(source_site_id: $source_site_id, source_endpoint_id: $source_endpoint_id,
      destination_site_id: $destination_site_id, destination_endpoint_id: $destination_endpoint_id, wg_interface: $wg_interface) { id } }`,
  deletePath: 'mutation ($path_id: ID!) { answer: deletePath(path_id: $path_id) { message finished } }',
  registerEdge: `mutation ($id: ID!, $site_id: ID!, $interval_s: Int) {
    answer: registerEdge(id: $id, site_id: $site_id, interval_s: $interval_s) { id } }`,
  retireEdge: 'mutation ($id: ID!) { answer: retireEdge(id: $id) { id } }',
} as const;

export type CallName = keyof typeof CALLS;

/** The selected fields of an answer. */
export interface CallAnswer {
  id?: string;
  message?: string;
  /** False: it continues in the background. */
  finished?: boolean;
}
