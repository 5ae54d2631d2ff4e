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

/**
 * Bounds on the work that a request can ask for, checked before that work begins
 * (docs/decisions/140). AppSync publishes none of these; tokens and validation errors are those of
 * graphql-java, which it is built on.
 */
export const WORK_LIMITS = {
  /** Tokens of a document. */
  tokens: 15_000,
  /** Nesting of braces, brackets and parentheses, of fields across fragments, and of variables. */
  nesting: 200,
  /** Fragments of a document: validation compares them in pairs. */
  fragments: 500,
  /** Selections of a document, those of a fragment counted each time that it is spread. */
  selections: 10_000,
  /** Fields with an alias, counted in the same way. */
  aliases: 1000,
  /** Selections of one result field at one place: validation compares them in pairs. */
  repeats: 50,
  /** Values of the schema that introspection may answer with, at most. */
  introspectedValues: 100_000,
  /** Errors that validation finds before it gives up. */
  validationErrors: 100,
  /** Wrong values in variables that are found before the rest is left unread. */
  variableErrors: 50,
  /** Characters of an error's message. */
  messageCharacters: 1000,
  /** Characters of a value that a message quotes. */
  quotedCharacters: 80,
  /** Resolvers of one request that run at a time; more wait. */
  resolversAtOnce: 4,
  /** Fields of an answer that are completed before others have their turn. */
  fieldsPerTurn: 1000,
  /** Characters of documents that are kept parsed. */
  cachedCharacters: 1024 * 1024,
} as const;
