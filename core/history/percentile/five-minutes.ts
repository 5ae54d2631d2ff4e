import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { type DimensionFilter, idsOf, notIdsOf } from '../../totals/dimension-filter.ts';
import { readFirstSnapshot } from '../first-snapshot.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import { billingBytes } from '../points/billing-rates.ts';
import { SNAPSHOT_MAY_COME_MS } from '../points/points.ts';
import { isOfLanes } from '../points/policies-samples.ts';
import { type History, readPolicyHistory } from '../points/read-history.ts';
import { readTrafficHistory } from '../points/traffic-history.ts';
import { BILLING_INTERVAL_MS, ceilTo, floorTo, isWhole, type KeptAsOf, RESOLUTIONS } from '../resolution.ts';
import type { Fives } from '../sample.ts';
import { readFives, readMarks } from '../sample-store.ts';

import { NO_BYTES } from './fives.ts';

const HOUR_MS = RESOLUTIONS.HOUR.ms;

interface Request extends KeptAsOf {
  from: number;
  to: number;
  filter: DimensionFilter;
}

/**
 * Bytes of each five minutes of the clock in a range that have ended, by their beginning; null if
 * not known.
 */
export type FiveMinutes = Map<number, number | null>;

/**
 * The bytes of each five minutes in a range, from the system's first snapshot on. They are read
 * from the hours' samples, and from minutes where the hours don't have them. Sites, edges and
 * endpoints have minutes and no hours, so older five minutes of theirs are not known.
 *
 * @throws ValidationError for more samples of lanes than one answer reads · Throttled at the
 * deadline
 */
export async function readFiveMinutes(store: BatchGetOptions, request: Request): Promise<FiveMinutes> {
  const slots = await slotsOf(store, request);
  if (slots.length === 0) return new Map();
  const { filter } = request;
  if (isOfLanes(filter))
    return fromMinutes(new Map(slots.map(slot => [slot, null])), request, range =>
      readTrafficHistory(store, { ...request, range }),
    );
  const read = (policy_id: string) => ofPolicy(store, { ...request, slots, policy_id });
  const ids = idsOf(filter, 'policy_id');
  const whole = await Promise.all((ids ?? [ALL_TRAFFIC]).map(read));
  const without = ids ? [] : await Promise.all([...new Set(notIdsOf(filter, 'policy_id'))].map(read));
  return new Map(slots.map(slot => [slot, difference(slot, whole, without)]));
}

/** A sum or difference is known if all of its parts are known. */
function difference(
  slot: number,
  whole: readonly FiveMinutes[],
  without: readonly FiveMinutes[],
): number | null {
  let bytes = 0;
  for (const [parts, sign] of [
    [whole, 1],
    [without, -1],
  ] as const) {
    for (const part of parts) {
      const own = part.get(slot) ?? null;
      if (own === null) return null;
      bytes += sign * own;
    }
  }
  // Each part is rounded to a byte.
  return Math.max(0, bytes);
}

/** The five minutes of the range that have ended and in which the system existed. */
async function slotsOf(store: BatchGetOptions, { from, to, now }: Request): Promise<number[]> {
  const first = await readFirstSnapshot(store);
  if (first === undefined) return [];
  const begin = ceilTo(Math.max(from, first), BILLING_INTERVAL_MS);
  const end = Math.min(to, now - SNAPSHOT_MAY_COME_MS);
  const slots: number[] = [];
  for (let slot = begin; slot + BILLING_INTERVAL_MS <= end; slot += BILLING_INTERVAL_MS) slots.push(slot);
  return slots;
}

async function ofPolicy(
  store: BatchGetOptions,
  request: Request & { slots: readonly number[]; policy_id: string },
): Promise<FiveMinutes> {
  const { slots, policy_id, now, retention } = request;
  const begin = floorTo(slots[0]!, HOUR_MS);
  // Late counts of an hour are in later hours, within the retention of minutes.
  const end = Math.min(ceilTo(slots.at(-1)! + 1, HOUR_MS) + retention.MINUTE, now);
  const range = { resolution: 'HOUR' as const, from: begin + HOUR_MS, to: Math.max(end, begin + HOUR_MS) };
  const marks = await readMarks(store, range);
  const hours = new Map<number, Fives | undefined>(marks.map(({ at }) => [at, NO_BYTES]));
  const kept = await readFives(store, { policy_id, range, marks });
  for (const { at, fives } of kept) hours.set(at, fives);
  const known = new Map(
    slots.map(slot => {
      const hour = floorTo(slot, HOUR_MS);
      return [slot, hours.get(hour + HOUR_MS)?.[(slot - hour) / BILLING_INTERVAL_MS] ?? null] as const;
    }),
  );
  return fromMinutes(known, request, range => readPolicyHistory(store, { policy_id, range, now, retention }));
}

/** Fills in five minutes from minutes that are kept. */
async function fromMinutes(
  known: FiveMinutes,
  kept: KeptAsOf,
  read: (range: { from: number; to: number; resolution: 'MINUTE' }) => Promise<History>,
): Promise<FiveMinutes> {
  const missing = [...known].filter(([slot, bytes]) => bytes === null && isWhole(slot, 'MINUTE', kept));
  if (missing.length === 0) return known;
  const to = missing.at(-1)![0] + BILLING_INTERVAL_MS;
  const history = await read({ from: missing[0]![0], to, resolution: 'MINUTE' });
  const minutes = billingBytes(history.points, history);
  return new Map(Array.from(known, ([slot, bytes]) => [slot, bytes ?? minutes.get(slot) ?? null]));
}
