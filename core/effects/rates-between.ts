import type { RateChange } from './rank-changes.ts';

/** The bytes that were counted in a period. */
export interface Counted {
  /** Bytes by id; an id that is missing has 0. */
  bytes: ReadonlyMap<string, bigint>;
  seconds: number;
}

/**
 * The rates in two periods by id; null when a period wasn't measured or a boot was voided in it.
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
