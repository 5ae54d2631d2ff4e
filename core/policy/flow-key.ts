import { quoted, ValidationError } from '../errors.ts';
import { formatV4, formatV6, parseKnownAddress } from './ip-address.ts';

/**
 * One-way traffic of one 5-tuple. Ports are 0 for protocols without ports and for later fragments.
 */
export interface FlowKey {
  src: string;
  src_port: number;
  dst: string;
  dst_port: number;
  /** IP protocol number. */
  protocol: number;
}

/**
 * Number of 32-bit words of a packed flow key, as the hot path uses it:
 *
 * | word | holds |
 * |---|---|
 * | 0, 1 | IPv4 source and destination, or the first words of the IPv6 ones |
 * | 2 | source port << 16 \| destination port |
 * | 3 | `metaV4` or `metaV6`: protocol, family, endpoint; never 0 |
 * | 4–6, 7–9 | the other words of the IPv6 source and destination |
 *
 * The first four words are a complete IPv4 key.
 */
export const KEY_WORDS = 10;

const SIX = 1 << 8;
/** Set in every key, so that word 3 is never 0 and a table recognizes empty places. */
const IN_USE = 1 << 9;
const ENDPOINT_SHIFT = 16;

/** Maximum number of endpoints in the packed form. */
export const MAX_ENDPOINTS = 1 << 15;

/** Word 3 of an IPv4 key; `endpoint` is an index that the recorder assigned. */
export function metaV4(protocol: number, endpoint: number): number {
  return protocol | IN_USE | (endpoint << ENDPOINT_SHIFT);
}

/** Word 3 of an IPv6 key. */
export function metaV6(protocol: number, endpoint: number): number {
  return protocol | IN_USE | SIX | (endpoint << ENDPOINT_SHIFT);
}

export function isV6(meta: number): boolean {
  return (meta & SIX) !== 0;
}

export function protocolOf(meta: number): number {
  return meta & 255;
}

export function endpointOf(meta: number): number {
  return meta >>> ENDPOINT_SHIFT;
}

/**
 * Packs a key into `words`, for endpoint index `endpoint`. @throws ValidationError that names an
 * invalid address
 */
export function packFlowKey(key: FlowKey, endpoint: number, words: Int32Array): void {
  const src = parseKnownAddress(key.src);
  const dst = parseKnownAddress(key.dst);
  if (!src || !dst || src.family !== dst.family) {
    throw new ValidationError(
      `A flow needs two IPv4 or two IPv6 addresses, but has src ${quoted(key.src)} and dst ${quoted(key.dst)}.`,
    );
  }
  words[0] = src.words[0];
  words[1] = dst.words[0];
  words[2] = (key.src_port << 16) | key.dst_port;
  words[3] = src.family === 4 ? metaV4(key.protocol, endpoint) : metaV6(key.protocol, endpoint);
  for (let i = 1; i < 4; i++) {
    words[3 + i] = src.words[i]!;
    words[6 + i] = dst.words[i]!;
  }
}

/** The key that starts at `base` of `words`. */
export function unpackFlowKey(words: Int32Array, base: number): FlowKey {
  const ports = words[base + 2]!;
  const meta = words[base + 3]!;
  const six = isV6(meta);
  return {
    src: six
      ? formatV6(words[base]!, words[base + 4]!, words[base + 5]!, words[base + 6]!)
      : formatV4(words[base]!),
    src_port: ports >>> 16,
    dst: six
      ? formatV6(words[base + 1]!, words[base + 7]!, words[base + 8]!, words[base + 9]!)
      : formatV4(words[base + 1]!),
    dst_port: ports & 0xffff,
    protocol: protocolOf(meta),
  };
}
