import { quoted, ValidationError } from '../errors.ts';
import { type Cidr, parseCidr } from './ip-address.ts';
import type { PolicyMatch } from './policy.ts';

/** Flows of one IP version from one network to another. */
export interface NetworkPair {
  family: 4 | 6;
  source: Network;
  destination: Network;
}

/** The first `length` bits of an address of `bits` bits; `prefix` holds these bits alone. */
interface Network {
  prefix: bigint;
  length: number;
}

/** The networks that match rules want, one pair an IP version; none where they want two versions at once. */
export function networkPairs({ source_cidr, destination_cidr }: PolicyMatch): NetworkPair[] {
  const source = source_cidr === undefined ? undefined : read(source_cidr);
  const destination = destination_cidr === undefined ? undefined : read(destination_cidr);
  return ([4, 6] as const).flatMap(family => {
    const isOther = (cidr: Cidr | undefined) => cidr !== undefined && cidr.address.family !== family;
    if (isOther(source) || isOther(destination)) return [];
    return [{ family, source: networkOf(source), destination: networkOf(destination) }];
  });
}

/** Whether the `others` together hold all of `pair`; false where the budget does not suffice to know. */
export function coversNetworks(
  pair: NetworkPair,
  others: readonly NetworkPair[],
  budget: { work: number },
): boolean {
  budget.work -= 1 + others.length;
  if (budget.work < 0) return false;
  const meeting = others.filter(other => meets(pair, other));
  if (meeting.some(other => holds(other, pair))) return true;
  const narrower = meeting[0];
  if (!narrower) return false;
  const side = narrower.source.length > pair.source.length ? 'source' : 'destination';
  return [0n, 1n].every(bit => coversNetworks({ ...pair, [side]: half(pair[side], bit) }, meeting, budget));
}

const EVERYWHERE: Network = { prefix: 0n, length: 0 };

function networkOf(cidr: Cidr | undefined): Network {
  if (!cidr) return EVERYWHERE;
  const { address, length } = cidr;
  const words = address.family === 4 ? address.words.slice(0, 1) : address.words;
  const whole = words.reduce((value, word) => (value << 32n) | BigInt(word >>> 0), 0n);
  return { prefix: whole >> BigInt(32 * words.length - length), length };
}

function read(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr) return cidr;
  throw new ValidationError(
    `${quoted(text)} is not an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.`,
  );
}

function half({ prefix, length }: Network, bit: bigint): Network {
  return { prefix: (prefix << 1n) | bit, length: length + 1 };
}

function within(inner: Network, outer: Network): boolean {
  return inner.length >= outer.length && inner.prefix >> BigInt(inner.length - outer.length) === outer.prefix;
}

/** Whether some flow lies in both. */
export function meets(a: NetworkPair, b: NetworkPair): boolean {
  const touch = (x: Network, y: Network) => within(x, y) || within(y, x);
  return a.family === b.family && touch(a.source, b.source) && touch(a.destination, b.destination);
}

/** Whether `outer` alone holds all of `inner`. */
export function holds(outer: NetworkPair, inner: NetworkPair): boolean {
  return (
    outer.family === inner.family &&
    within(inner.source, outer.source) &&
    within(inner.destination, outer.destination)
  );
}
