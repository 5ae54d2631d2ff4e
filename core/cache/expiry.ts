import { ValidationError } from '../errors.ts';

/** The longest time to live: a day. */
export const TTL_MAX_SECONDS = 86_400;

/**
 * Returns the TTL in milliseconds.
 * @throws ValidationError unless it is above 0 and at most a day.
 */
export function checkTtl(ttl_seconds: number): number {
  if (Number.isFinite(ttl_seconds) && ttl_seconds > 0 && ttl_seconds <= TTL_MAX_SECONDS)
    return ttl_seconds * 1000;
  throw new ValidationError(
    `A cache entry's time to live must be more than 0 and at most ${TTL_MAX_SECONDS} seconds, not ${ttl_seconds}.`,
  );
}

/**
 * Whether an entry may no longer be served, which is so from the millisecond of its expiry on.
 * Every read checks this, because DynamoDB deletes expired items days late.
 */
export function isExpired({ expires_ms }: { expires_ms: number }, now: number): boolean {
  return now >= expires_ms;
}
