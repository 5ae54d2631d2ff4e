import { ValidationError } from '../errors.ts';

/** DynamoDB's limit on a sort key, which a cache key becomes. */
const KEY_MAX_BYTES = 1024;

/** A day: what lives longer is no cache entry. */
export const TTL_MAX_SECONDS = 86_400;

/** Returns the TTL in milliseconds. @throws ValidationError unless it is above 0 and at most a day. */
export function checkTtl(ttl_seconds: number): number {
  if (Number.isFinite(ttl_seconds) && ttl_seconds > 0 && ttl_seconds <= TTL_MAX_SECONDS)
    return ttl_seconds * 1000;
  throw new ValidationError(
    `A cache entry's time to live must be more than 0 and at most ${TTL_MAX_SECONDS} seconds, not ${ttl_seconds}.`,
  );
}

/** @throws ValidationError when the key is empty or over {@link KEY_MAX_BYTES} bytes of UTF-8. */
export function checkKey(key: string): string {
  // Only text of over a third of the limit can pass it: up to 3 bytes a UTF-16 unit.
  const bytes = key.length * 3 <= KEY_MAX_BYTES ? key.length : Buffer.byteLength(key);
  if (bytes > 0 && bytes <= KEY_MAX_BYTES) return key;
  const fault = bytes === 0 ? 'it is empty' : `this one has ${bytes}`;
  throw new ValidationError(`A cache key must have 1 to ${KEY_MAX_BYTES} bytes; ${fault}.`);
}
