/**
 * The mutation of the figures function for each part of a publication. Subscribers can get the
 * selected fields only.
 */
export const PUBLISH_FIGURES = /* GraphQL */ `
  mutation PublishFigures(
    $scope: FigureScope!
    $seq: Float!
    $part: Int!
    $parts: Int!
    $as_of: AWSDateTime!
    $lease_until: AWSDateTime!
    $items: [FigureInput!]!
    $removed: [ID!]!
  ) {
    publishFigures(
      scope: $scope
      seq: $seq
      part: $part
      parts: $parts
      as_of: $as_of
      lease_until: $lease_until
      items: $items
      removed: $removed
    ) {
      scope
      seq
      part
      parts
      as_of
      lease_until
      items {
        id
        name
        packets_exact
        bytes_exact
        active_flows
        rate {
          bits_per_second
          packets_per_second
          from
          to
        }
        status
        score
        latency_ms
        jitter_ms
        packet_loss_pct
        measured_at
        complete_share
      }
      removed
    }
  }
`;
