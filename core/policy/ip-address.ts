import { quoted, ValidationError } from '../errors.ts';

/**
 * An address as four 32-bit words in network order. An IPv4 address is in the first word; the
 * others are 0.
 */
export interface IpAddress {
  family: 4 | 6;
  words: [number, number, number, number];
}

/** A network: the `length` leading bits of the address (0 … 32 or 128). */
export interface Cidr {
  address: IpAddress;
  length: number;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const GROUP = /^[\da-f]{1,4}$/i;

/**
 * Parses `192.0.2.1` or `2001:db8::1`; undefined for anything else, zone ids such as `%eth0`
 * included.
 */
export function parseAddress(text: string): IpAddress | undefined {
  if (V4.test(text)) return { family: 4, words: [v4Word(text), 0, 0, 0] };
  const words = v6Words(text);
  return words && { family: 6, words };
}

/** Recently parsed addresses: the records of flow exporters often repeat the same ones. */
const known = new Map<string, IpAddress>();
const MAX_KNOWN = 16_384;

/** Like `parseAddress`, but fast for recently parsed addresses. The result must not be changed. */
export function parseKnownAddress(text: string): Readonly<IpAddress> | undefined {
  const found = known.get(text);
  if (found) return found;
  const address = parseAddress(text);
  if (address) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, address);
  }
  return address;
}

/** Parses `10.0.0.0/8`, `2001:db8::/32` or a single address. Host bits are ignored. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match && parseAddress(match[1]!);
  if (!address) {
    return undefined;
  }
  const bits = address.family === 4 ? 32 : 128;
  const length = match[2] === undefined ? bits : Number(match[2]);
  return length <= bits ? { address, length } : undefined;
}

/** Like `parseCidr`. @throws ValidationError for anything else */
export function requireCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr) return cidr;
  throw new ValidationError(
    `${quoted(text)} is not an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.`,
  );
}

/** Text of an IPv4 address in one 32-bit word. */
export function formatV4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/**
 * Text of an IPv6 address in the canonical form of RFC 5952 (an embedded IPv4 address stays
 * hexadecimal).
 */
export function formatV6(a: number, b: number, c: number, d: number): string {
  const groups = [a, b, c, d].flatMap(word => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(groups);
  const hex = (part: number[]) => part.map(group => group.toString(16)).join(':');
  if (run.length < 2) {
    return hex(groups);
  }
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

/** Text of an address; the inverse of `parseAddress`. */
export function formatAddress(address: IpAddress): string {
  return address.family === 4 ? formatV4(address.words[0]) : formatV6(...address.words);
}

function v4Word(text: string): number {
  return text.split('.').reduce((word, part) => (word << 8) | Number(part), 0);
}

/** The words of an IPv6 address. Its last 32 bits may be in IPv4 form (RFC 4291, 2.2). */
function v6Words(text: string): IpAddress['words'] | undefined {
  const dotted = /^(.*:)(\d[\d.]*)$/.exec(text);
  if (dotted && V4.test(dotted[2]!)) {
    const word = v4Word(dotted[2]!);
    return v6Words(`${dotted[1]}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`);
  }
  const sides = text.split('::').map(side => (side === '' ? [] : side.split(':')));
  const [left = [], right = []] = sides;
  const missing = 8 - left.length - right.length;
  if (sides.length > 2 || (sides.length === 1 ? missing !== 0 : missing < 1)) return undefined;
  if (![...left, ...right].every(group => GROUP.test(group))) return undefined;
  const groups = [...left, ...new Array(missing).fill('0'), ...right].map(group =>
    Number.parseInt(group, 16),
  );
  const word = (index: number) => (groups[index]! << 16) | groups[index + 1]!;
  return [word(0), word(2), word(4), word(6)];
}

function longestZeroRun(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) {
      start = index + 1;
    } else if (index + 1 - start > best.length) {
      best = { start, length: index + 1 - start };
    }
  }
  return best;
}
