import { decodeTime, ulid } from 'ulid';

/**
 * What the id of a policy begins with, so that it can be told from ids that other systems or people
 * chose.
 */
const PREFIX = 'p-';

const ULID_ID = /^p-[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Ids that earlier releases gave out: `1`, `2`, … */
const NUMERIC_ID = /^[1-9]\d*$/;

/**
 * The id of a policy that is defined now: `p-` and a lower-case ULID, which sorts behind `last`,
 * the id given before, also where the clock was set back meanwhile. Half of it is random: no edge
 * has counted under it already.
 */
export function nextPolicyId(now: number, last: string | null): string {
  const earliest = last === null ? 0 : decodeTime(last.slice(PREFIX.length).toUpperCase()) + 1;
  return PREFIX + ulid(Math.max(now, earliest)).toLowerCase();
}

/**
 * Whether an id can be a defined policy's: only these are looked up beside the items that are no
 * policies.
 */
export function isGivenPolicyId(id: string): boolean {
  return ULID_ID.test(id) || NUMERIC_ID.test(id);
}
