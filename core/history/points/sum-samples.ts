import { LateSpans } from '../late/late-span.ts';
import type { Sample } from '../sample.ts';

/** The sums of groups at each reading. Every group has a sample at every reading. */
export function sumSamples(groups: readonly (readonly Sample[])[]): Sample[] {
  const [first = [], ...others] = groups;
  return combined(first, others, 1n);
}

/** A whole without some of its parts, at each reading. All have a sample at every reading. */
export function subtractSamples(whole: readonly Sample[], parts: readonly (readonly Sample[])[]): Sample[] {
  return combined(whole, parts, -1n);
}

function combined(
  first: readonly Sample[],
  others: readonly (readonly Sample[])[],
  sign: 1n | -1n,
): Sample[] {
  return first.map((begin, index) => {
    const { at, taken_at, packets, bytes, estimated_bytes = 0n, active_flows } = begin;
    const sum = { at, taken_at, packets, bytes, estimated_bytes, active_flows };
    const late = new LateSpans(begin.late);
    for (const samples of others) {
      const each = samples[index]!;
      sum.packets += sign * each.packets;
      sum.bytes += sign * each.bytes;
      sum.estimated_bytes += sign * (each.estimated_bytes ?? 0n);
      sum.active_flows += Number(sign) * each.active_flows;
      for (const span of each.late ?? []) {
        late.add({ ...span, packets: sign * span.packets, bytes: sign * span.bytes });
      }
    }
    const spans = late.list();
    return spans.length > 0 ? { ...sum, late: spans } : sum;
  });
}
