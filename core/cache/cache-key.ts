import { ValidationError } from '../errors.ts';

/** DynamoDB's limit on a sort key, which a cache key becomes. */
const KEY_MAX_BYTES = 1024;

/** @throws ValidationError when the key is empty or over {@link KEY_MAX_BYTES} bytes of UTF-8. */
export function checkKey(key: string): string {
  // Shorter texts can't exceed the limit: a UTF-16 unit has up to 3 bytes.
  const bytes = key.length * 3 <= KEY_MAX_BYTES ? key.length : Buffer.byteLength(key);
  if (bytes > 0 && bytes <= KEY_MAX_BYTES) return key;
  const fault = bytes === 0 ? 'it is empty' : `this one has ${bytes}`;
  throw new ValidationError(`A cache key must have 1 to ${KEY_MAX_BYTES} bytes; ${fault}.`);
}
