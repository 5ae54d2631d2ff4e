/**
 * Full-jitter exponential back-off: a random wait between 0 and min(cap, base · 2^attempt)
 * milliseconds. Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export function backoffMs(attempt: number, { baseMs = 20, capMs = 2000, random = Math.random } = {}): number {
  return random() * Math.min(capMs, baseMs * 2 ** attempt);
}
