/**
 * The mutation of the broadcast function for news to all edges. They receive the selected fields.
 */
export const PUBLISH_EDGE_NEWS = /* GraphQL */ `
  mutation PublishEdgeNews($policies_version: String!, $routing_version: Int!, $spread_s: Int!) {
    publishEdgeNews(
      policies_version: $policies_version
      routing_version: $routing_version
      spread_s: $spread_s
    ) {
      policies_version
      routing_version
      spread_s
    }
  }
`;
