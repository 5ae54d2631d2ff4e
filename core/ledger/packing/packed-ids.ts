/*
 * Ids of a form that is known take half of their characters: those of paths, policies and boots. Each form has an odd code
 * above 1, where text has its length, which is even, and a UUID alone has 1.
 */

/** Crockford's base 32, as ULIDs use it. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const UUID_GROUPS =
  /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.([0-9a-f]{16})$/;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const POLICY_ID = /^p-[0-7][0-9a-hjkmnp-tv-z]{25}$/;

const CODES = { path: 3, ulid: 5, policy: 7 } as const;

/** An id as hexadecimal digits with the code of its form; undefined: it has no form that is known. */
export function packedId(id: string): { code: number; hex: string } | undefined {
  if (id.length === 53) {
    const groups = UUID_GROUPS.exec(id);
    return groups ? { code: CODES.path, hex: groups.slice(1).join('') } : undefined;
  }
  if (id.length === 26 && ULID.test(id)) return { code: CODES.ulid, hex: ulidHex(id) };
  if (id.length === 28 && POLICY_ID.test(id))
    return { code: CODES.policy, hex: ulidHex(id.slice(2).toUpperCase()) };
  return undefined;
}

/** How many bytes an id of this code takes; undefined: the code is none of an id. */
export function packedIdBytes(code: number): number | undefined {
  if (code === CODES.path) return 24;
  return code === CODES.ulid || code === CODES.policy ? 16 : undefined;
}

/** What {@link packedId} packed. */
export function unpackedId(code: number, hex: string): string {
  if (code === CODES.path) {
    const at = (from: number, to?: number) => hex.slice(from, to);
    return `${at(0, 8)}-${at(8, 12)}-${at(12, 16)}-${at(16, 20)}-${at(20, 32)}.${at(32)}`;
  }
  const ulid = ulidOf(hex);
  return code === CODES.policy ? `p-${ulid.toLowerCase()}` : ulid;
}

const HEX_DIGITS = '0123456789abcdef';

/** Values of digits by character code; small numbers only, since this runs for each lane of each report. */
const VALUES = valuesOf(DIGITS);
const HEX_VALUES = valuesOf(HEX_DIGITS);

function valuesOf(digits: string): Uint8Array {
  const values = new Uint8Array(128);
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value;
  return values;
}

/** 26 digits of five bits are 130; the first digit of a ULID is 7 at most, so that 128 remain. */
function ulidHex(ulid: string): string {
  let hex = '';
  let held = 0;
  let bits = -2;
  for (let at = 0; at < ulid.length; at++) {
    held = (held << 5) | VALUES[ulid.charCodeAt(at)]!;
    bits += 5;
    while (bits >= 4) {
      bits -= 4;
      hex += HEX_DIGITS[(held >> bits) & 15];
      held &= (1 << bits) - 1;
    }
  }
  return hex;
}

function ulidOf(hex: string): string {
  let ulid = '';
  let held = 0;
  let bits = 2;
  for (let at = 0; at < hex.length; at++) {
    held = (held << 4) | HEX_VALUES[hex.charCodeAt(at)]!;
    bits += 4;
    if (bits < 5) continue;
    bits -= 5;
    ulid += DIGITS[held >> bits];
    held &= (1 << bits) - 1;
  }
  return ulid;
}
