/** What MiniStack 1.5.33 doesn't do as AWS does, and a rehearsal so doesn't show. */
export const GAPS: readonly string[] = [
  'AppSync tells resolvers nothing of what was selected: every answer is read whole.',
  'AppSync gives resolvers no identity of IAM callers: machines and edges are refused.',
  'AppSync has no subscriptions: events are published, and reach no one.',
  "The condition dynamodb:LeadingKeys is taken as met: a function's rights on a table aren't held to its partitions.",
];
