const WORDS: Record<string, string> = {
  metrics: 'Path metrics',
  routing: 'Routing decisions',
  total: 'Both',
};

/** The label of a cache. */
export function cacheWord(name: string): string {
  return WORDS[name] ?? name;
}
