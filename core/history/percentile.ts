/**
 * The 95th percentile as transit is billed: the samples are sorted and the highest 5 % of them thrown away; the
 * highest that is left is the answer. `undefined` without samples.
 */
export function billingPercentile(samples: readonly number[], percent = 95): number | undefined {
  if (samples.length === 0) return undefined;
  const sorted = [...samples].sort((a, b) => a - b);
  const kept = sorted.length - Math.floor((sorted.length * (100 - percent)) / 100);
  return sorted[kept - 1];
}
