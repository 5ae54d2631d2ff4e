const WORDS: Record<string, string> = {
  metrics: 'Path metrics',
  routing: 'Routing decisions',
  total: 'Both',
};

/** What a cache is called on the screen. */
export function cacheWord(name: string): string {
  return WORDS[name] ?? name;
}
