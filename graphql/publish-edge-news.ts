/** What the broadcast function sends to tell all edges. What it selects is what they get. */
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
