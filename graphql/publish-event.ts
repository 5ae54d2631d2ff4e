/** What the broadcast function sends for each event. What it selects is what subscribers can get. */
export const PUBLISH_EVENT = /* GraphQL */ `
  mutation PublishEvent(
    $id: ID!
    $type: String!
    $timestamp: AWSDateTime!
    $site_id: ID
    $site_seq: Int
    $data: AWSJSON
  ) {
    publishEvent(
      id: $id
      type: $type
      timestamp: $timestamp
      site_id: $site_id
      site_seq: $site_seq
      data: $data
    ) {
      id
      type
      timestamp
      site_id
      site_seq
      data
    }
  }
`;
