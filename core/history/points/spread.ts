import { type Share, shareOf } from '../late/late-span.ts';
import type { Sample } from '../sample.ts';

/**
 * An interval between two readings, and the difference of their samples. Milliseconds on the grid;
 * `since` is exclusive, and -Infinity if the interval's reading is the system's first.
 */
export interface CountedInterval {
  since: number;
  at: number;
  packets: bigint;
  bytes: bigint;
}

/**
 * The traffic of each interval after late counts are spread over the time in which they were
 * counted: they are subtracted from the interval with their reading and added to the intervals to
 * which they belong. The part before the earliest interval is in none.
 *
 * @param intervals consecutive, in order of time
 * @param samples the samples of these intervals, and later ones with counts of them
 */
export function spreadOver(intervals: readonly CountedInterval[], samples: readonly Sample[]): Share[] {
  const shares = intervals.map(({ packets, bytes }): Share => ({ packets, bytes }));
  const [first, last] = [intervals[0], intervals.at(-1)];
  if (!first || !last || samples.every(({ late }) => late === undefined)) return shares;
  const indexAt = new Map(intervals.map(({ at }, index) => [at, index]));
  for (const { at, late = [] } of samples) {
    if (late.length === 0 || at <= first.since) continue;
    const own = indexAt.get(at);
    if (own === undefined ? at <= last.at : !holds(intervals[own]!, late)) continue;
    for (const span of late) {
      if (own !== undefined) add(shares[own]!, { packets: -span.packets, bytes: -span.bytes });
      for (let index = indexAfter(intervals, span.from); index <= (own ?? intervals.length - 1); index++) {
        const { since, at: end } = intervals[index]!;
        if (since >= span.to) break;
        // An hour or day that was read after its end includes the time until its reading, as its
        // increment does.
        const to = index === own ? Math.max(end, span.to) : end;
        add(shares[index]!, shareOf(span, { from: since, to }));
      }
    }
  }
  return shares;
}

// Contradictory readings, after a clock was set back, must not make a rate below zero.
function holds({ packets, bytes }: CountedInterval, late: readonly Share[]): boolean {
  const brought = late.reduce((sum, span) => add(sum, span), { packets: 0n, bytes: 0n });
  return brought.packets <= packets && brought.bytes <= bytes;
}

function add(sum: Share, { packets, bytes }: Share): Share {
  sum.packets += packets;
  sum.bytes += bytes;
  return sum;
}

/** The index of the earliest interval that ends after an instant. */
function indexAfter(intervals: readonly CountedInterval[], instant: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (intervals[middle]!.at <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
