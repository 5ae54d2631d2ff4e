import { decodeTime, ulid } from 'ulid';

/** Prefix of a policy's id, which distinguishes it from ids of other systems or people. */
const PREFIX = 'p-';

const ULID_ID = /^p-[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Ids of earlier releases: `1`, `2`, … */
const NUMERIC_ID = /^[1-9]\d*$/;

/**
 * The id of a new policy: `p-` and a lower-case ULID. It sorts after `last`, the previous id, even
 * when the clock was set back since. Half of it is random, so no edge has counted under it before.
 */
export function nextPolicyId(now: number, last: string | null): string {
  const earliest = last === null ? 0 : decodeTime(last.slice(PREFIX.length).toUpperCase()) + 1;
  return PREFIX + ulid(Math.max(now, earliest)).toLowerCase();
}

/** Whether an id has the form of a defined policy's: others may name items that aren't policies. */
export function isGivenPolicyId(id: string): boolean {
  return ULID_ID.test(id) || NUMERIC_ID.test(id);
}
