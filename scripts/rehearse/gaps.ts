/** What MiniStack 1.5.33 does otherwise than AWS, and a rehearsal so can't show. */
export const GAPS: readonly string[] = [
  'AppSync tells resolvers nothing of what was selected: every answer is read whole.',
  'AppSync gives resolvers no identity of IAM callers, so machines and edges are refused.',
  'AppSync has no subscriptions: events are published, and reach no one.',
  'Rights are not held to partitions: requests lack dynamodb:LeadingKeys. Denials of partitions are not tried.',
  'Schedules do not call functions: the rehearsal does, each minute, with the time that MiniStack leaves out.',
  'There is no CodeDeploy: the production stage gets new code all at once (canary_minutes=0).',
  'Event source mappings are made for functions and sources that are not there.',
  'Quotas, throttling, latencies and prices are not those of AWS.',
];
