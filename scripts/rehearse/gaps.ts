/** Differences between MiniStack 1.5.33 and AWS, which a rehearsal can't test. */
export const GAPS: readonly string[] = [
  'AppSync passes no selection to resolvers: every answer is read completely.',
  'AppSync passes no identity of IAM callers to resolvers, so machines and edges are refused.',
  'AppSync has no subscriptions: events are published, but not delivered.',
  'Rights are not limited to partitions: requests lack dynamodb:LeadingKeys. Denials of partitions are not tested.',
  'Schedules do not call functions: the rehearsal does, each minute, with the due time that MiniStack leaves out.',
  'There is no CodeDeploy: the production stage gets new code all at once (canary_minutes=0).',
  'Event source mappings can be created for missing functions and sources.',
  'Quotas, throttling, latencies and prices are not those of AWS.',
];
