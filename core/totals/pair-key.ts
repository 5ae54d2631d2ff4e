/** The key of a (policy, endpoint) pair in Maps. Ids have no control characters. */
export function pairKey({ policy_id, endpoint_id }: { policy_id: string; endpoint_id: string }): string {
  return `${policy_id}\u0000${endpoint_id}`;
}
