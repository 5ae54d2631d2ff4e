/**
 * The mutation of the broadcast function for each event. Subscribers can get the selected fields
 * only.
 */
export const PUBLISH_EVENT = /* GraphQL */ `
  mutation PublishEvent(
    $id: ID!
    $type: String!
    $timestamp: AWSDateTime!
    $site_id: ID
    $site_seq: Int
    $data: AWSJSON
    $title: String
    $actor: EventActorInput
    $target: String
    $target_name: String
    $audit_id: ID
  ) {
    publishEvent(
      id: $id
      type: $type
      timestamp: $timestamp
      site_id: $site_id
      site_seq: $site_seq
      data: $data
      title: $title
      actor: $actor
      target: $target
      target_name: $target_name
      audit_id: $audit_id
    ) {
      id
      type
      timestamp
      site_id
      site_seq
      data
      title
      actor {
        kind
        sub
        username
        email
        groups
        source_ip
        request_id
      }
      target
      target_name
      audit_id
    }
  }
`;
