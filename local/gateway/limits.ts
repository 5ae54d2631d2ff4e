/** AppSync's limits (https://docs.aws.amazon.com/general/latest/gr/appsync.html). */
export const LIMITS = {
  /** Time that a request has, resolvers included. */
  requestMs: 30_000,
  /** Bytes of a request's body. */
  requestBytes: 1024 * 1024,
  /** Bytes of an answer. */
  responseBytes: 5 * 1024 * 1024,
  /** Bytes that a subscriber is sent at once. */
  subscriptionPayloadBytes: 240 * 1024,
  subscriptionsPerConnection: 100,
  /** A client that hears nothing for so long gives its connection up. */
  connectionTimeoutMs: 300_000,
  keepAliveMs: 60_000,
  /** Resolvers of a request, where the API sets no limit of its own. */
  resolversPerRequest: 10_000,
} as const;
