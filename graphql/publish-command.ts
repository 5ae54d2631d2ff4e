/**
 * The mutation of the broadcast function for each command. The edge receives the selected fields.
 */
export const PUBLISH_COMMAND = /* GraphQL */ `
  mutation PublishCommand(
    $edge_id: ID!
    $id: ID!
    $type: EdgeCommandType!
    $data: AWSJSON!
    $created_at: AWSDateTime!
  ) {
    publishCommand(edge_id: $edge_id, id: $id, type: $type, data: $data, created_at: $created_at) {
      edge_id
      id
      type
      data
      created_at
    }
  }
`;
