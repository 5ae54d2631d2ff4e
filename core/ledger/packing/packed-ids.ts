/*
 * Ids of a known form are packed into half as many bytes as they have characters: those of sites,
 * paths, policies and boots. Each form has an odd code; other text begins with twice its length,
 * which is even. Characters and bytes are converted one by one: this runs for each lane of each
 * report, where a call into native code or an intermediate string would cost more.
 */

/** How ids of a form are packed. */
export interface IdForm {
  /** Written in place of a text's length. */
  readonly code: number;
  /** Bytes of a packed id. */
  readonly bytes: number;
  /** Writes an id of this form. */
  write(id: string, into: Uint8Array, at: number): void;
  /** Reads an id of this form. */
  read(from: Uint8Array, at: number): string;
}

/** Crockford's base 32, as ULIDs use it. */
const DIGITS = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
const LOWER_DIGITS = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz');
const HEX_DIGITS = Buffer.from('0123456789abcdef');

/** Values of digits by character code. */
const VALUES = valuesOf(DIGITS, LOWER_DIGITS);
const HEX_VALUES = valuesOf(HEX_DIGITS);

const HYPHEN = 0x2d;
const DOT = 0x2e;

const UUID_PATTERN = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const UUID_ID = new RegExp(`^${UUID_PATTERN}$`);
const PATH_ID = new RegExp(`^${UUID_PATTERN}\\.[0-9a-f]{16}$`);
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const POLICY_ID = /^p-[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Buffer in which the characters of an id are assembled. */
const characters = Buffer.alloc(53);

/** A UUID in lower case: the single form that releases before layout 5 know. */
export const UUID: IdForm = {
  code: 1,
  bytes: 16,
  write: writeHex,
  read: (from, at) => readHex(from, at, 16),
};

const PATH: IdForm = { code: 3, bytes: 24, write: writeHex, read: (from, at) => readHex(from, at, 24) };

const BOOT: IdForm = {
  code: 5,
  bytes: 16,
  write: (id, into, at) => writeUlid(id, 0, into, at),
  read: (from, at) => readUlid(from, at, { digits: DIGITS, prefix: '' }),
};

const POLICY: IdForm = {
  code: 7,
  bytes: 16,
  write: (id, into, at) => writeUlid(id, 2, into, at),
  read: (from, at) => readUlid(from, at, { digits: LOWER_DIGITS, prefix: 'p-' }),
};

const FORMS = [UUID, PATH, BOOT, POLICY];

/** The form of an id; undefined: no known form. */
export function formOf(id: string): IdForm | undefined {
  switch (id.length) {
    case 26:
      return ULID.test(id) ? BOOT : undefined;
    case 28:
      return POLICY_ID.test(id) ? POLICY : undefined;
    case 36:
      return UUID_ID.test(id) ? UUID : undefined;
    case 53:
      return PATH_ID.test(id) ? PATH : undefined;
    default:
      return undefined;
  }
}

/** The form with this code; undefined: there is none. */
export function formOfCode(code: number): IdForm | undefined {
  return code % 2 === 1 ? FORMS[(code - 1) / 2] : undefined;
}

function valuesOf(...alphabets: Buffer[]): Uint8Array {
  const values = new Uint8Array(128);
  for (const digits of alphabets) {
    for (const [value, character] of digits.entries()) values[character] = value;
  }
  return values;
}

/** Two digits a byte; separators between groups of digits are left out. */
function writeHex(id: string, into: Uint8Array, at: number): void {
  let next = at;
  for (let i = 0; i < id.length; i += 2) {
    const first = id.charCodeAt(i);
    if (first === HYPHEN || first === DOT) i++;
    into[next++] = (HEX_VALUES[id.charCodeAt(i)]! << 4) | HEX_VALUES[id.charCodeAt(i + 1)]!;
  }
}

/** A UUID; more bytes follow after a dot. */
function readHex(from: Uint8Array, at: number, bytes: number): string {
  let length = 0;
  for (let i = 0; i < bytes; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) characters[length++] = HYPHEN;
    else if (i === 16) characters[length++] = DOT;
    const byte = from[at + i]!;
    characters[length++] = HEX_DIGITS[byte >> 4]!;
    characters[length++] = HEX_DIGITS[byte & 15]!;
  }
  return characters.toString('latin1', 0, length);
}

/**
 * 26 digits of five bits are 130 bits. The first digit of a ULID is at most 7, so 128 bits remain.
 */
function writeUlid(id: string, start: number, into: Uint8Array, at: number): void {
  let next = at;
  let held = 0;
  let bits = -2;
  for (let i = start; i < id.length; i++) {
    held = (held << 5) | VALUES[id.charCodeAt(i)]!;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    into[next++] = held >> bits;
    held &= (1 << bits) - 1;
  }
}

function readUlid(
  from: Uint8Array,
  at: number,
  { digits, prefix }: { digits: Uint8Array; prefix: string },
): string {
  let length = 0;
  let held = 0;
  let bits = 2;
  for (let i = 0; i < 16; i++) {
    held = (held << 8) | from[at + i]!;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      characters[length++] = digits[held >> bits]!;
      held &= (1 << bits) - 1;
    }
  }
  return prefix + characters.toString('latin1', 0, length);
}
