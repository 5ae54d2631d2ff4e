/** AppSync's limits (https://docs.aws.amazon.com/general/latest/gr/appsync.html). */
export const LIMITS = {
  /** Time limit of a request, resolvers included. */
  requestMs: 30_000,
  /** Bytes of a request's body. */
  requestBytes: 1024 * 1024,
  /** Bytes of an answer. */
  responseBytes: 5 * 1024 * 1024,
  /** Bytes of a message to a subscriber. */
  subscriptionPayloadBytes: 240 * 1024,
  subscriptionsPerConnection: 100,
  /** A client closes its connection after this time without messages. */
  connectionTimeoutMs: 300_000,
  keepAliveMs: 60_000,
  /** Resolvers of a request, if the API has no limit of its own. */
  resolversPerRequest: 10_000,
} as const;

/**
 * Bounds on the work of a request, checked before the work begins (docs/decisions/140). AppSync
 * publishes none of these; the limits of tokens and validation errors are those of graphql-java, on
 * which it is built.
 */
export const WORK_LIMITS = {
  /** Tokens of a document. */
  tokens: 15_000,
  /** Nesting of braces, brackets and parentheses, of fields across fragments, and of variables. */
  nesting: 200,
  /** Fragments of a document: validation compares them in pairs. */
  fragments: 500,
  /** Selections of a document; those of a fragment are counted each time that it is spread. */
  selections: 10_000,
  /** Fields with an alias, counted in the same way. */
  aliases: 1000,
  /** Selections of one result field at one place: validation compares them in pairs. */
  repeats: 50,
  /** Values of the schema in an answer to introspection. */
  introspectedValues: 100_000,
  /** Validation errors before validation is aborted. */
  validationErrors: 100,
  /** Errors in variables before the check is aborted. */
  variableErrors: 50,
  /** Characters of an error's message. */
  messageCharacters: 1000,
  /** Characters of a value that a message quotes. */
  quotedCharacters: 80,
  /** Resolvers of one request that run at a time; more wait. */
  resolversAtOnce: 4,
  /** Fields of an answer that are completed before other requests get a turn. */
  fieldsPerTurn: 1000,
  /** Characters of cached parsed documents. */
  cachedCharacters: 1024 * 1024,
} as const;
