import type { RateChange } from './rank-changes.ts';

/** What each of some counted in a time; undefined where no reading says. */
export interface Counted {
  /** By id: bytes. One that isn't named counted nothing. */
  bytes: ReadonlyMap<string, bigint>;
  seconds: number;
}

/**
 * By id, the rates in two times; null where a time wasn't measured, or counts were taken back in
 * it.
 */
export function ratesBetween(
  before: Counted | undefined,
  after: Counted | undefined,
): Map<string, RateChange> {
  const ids = new Set([...(before?.bytes.keys() ?? []), ...(after?.bytes.keys() ?? [])]);
  return new Map(
    Array.from(ids, id => [id, { before: rateOf(before, id), after: rateOf(after, id) }] as const),
  );
}

function rateOf(counted: Counted | undefined, id: string): number | null {
  const bytes = counted?.bytes.get(id) ?? 0n;
  if (!counted || bytes < 0n) return null;
  return (Number(bytes) * 8) / counted.seconds;
}
