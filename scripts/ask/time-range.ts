/**
 * The variables `$from` and `$to` of a query that declares them: the last `span_ms` before
 * `now_ms`, in RFC 3339.
 *
 * @example timeRange('query ($from: AWSDateTime!) { … }', 3_600_000, Date.now()) // { from: '2026-01-31T11:00:00.000Z' }
 */
export function timeRange(query: string, span_ms: number, now_ms: number): { from?: string; to?: string } {
  const declares = (name: string) => new RegExp(`\\$${name}\\s*:`).test(query);
  return {
    ...(declares('from') && { from: new Date(now_ms - span_ms).toISOString() }),
    ...(declares('to') && { to: new Date(now_ms).toISOString() }),
  };
}
