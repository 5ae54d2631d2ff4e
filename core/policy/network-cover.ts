import { type Cidr, formatV4, formatV6, requireCidr } from './ip-address.ts';
import type { PolicyMatch } from './policy.ts';

/** Flows of one IP version from one network to another. */
export interface NetworkPair {
  family: 4 | 6;
  source: Network;
  destination: Network;
}

/** A prefix of addresses: `prefix` contains exactly their first `length` bits. */
interface Network {
  prefix: bigint;
  length: number;
}

/**
 * The networks that match rules require, one pair per IP version; empty if they require both
 * versions at once.
 */
export function networkPairs({ source_cidr, destination_cidr }: PolicyMatch): NetworkPair[] {
  const source = source_cidr === undefined ? undefined : requireCidr(source_cidr);
  const destination = destination_cidr === undefined ? undefined : requireCidr(destination_cidr);
  return ([4, 6] as const).flatMap(family => {
    const isOther = (cidr: Cidr | undefined) => cidr !== undefined && cidr.address.family !== family;
    if (isOther(source) || isOther(destination)) return [];
    return [{ family, source: networkOf(source), destination: networkOf(destination) }];
  });
}

/** The budget of a proof is spent. */
export class WorkSpent extends Error {
  override readonly name = 'WorkSpent';
}

/**
 * A part of `pair` that no flow of `others` is in; undefined: `others` together cover all of it.
 *
 * @throws WorkSpent if the budget is not sufficient
 */
export function uncoveredPart(
  pair: NetworkPair,
  others: readonly NetworkPair[],
  budget: { work: number },
): NetworkPair | undefined {
  budget.work -= 1 + others.length;
  if (budget.work < 0) throw new WorkSpent();
  const meeting = others.filter(other => meets(pair, other));
  if (meeting.some(other => holds(other, pair))) return undefined;
  const narrower = meeting[0];
  if (!narrower) return pair;
  const side = narrower.source.length > pair.source.length ? 'source' : 'destination';
  const halfOf = (bit: bigint) => ({ ...pair, [side]: half(pair[side], bit) });
  return uncoveredPart(halfOf(0n), meeting, budget) ?? uncoveredPart(halfOf(1n), meeting, budget);
}

/** The first source and the first destination address of a pair of networks. */
export function firstAddresses({ family, source, destination }: NetworkPair): { src: string; dst: string } {
  return { src: firstAddress(family, source), dst: firstAddress(family, destination) };
}

function firstAddress(family: 4 | 6, { prefix, length }: Network): string {
  const bits = family === 4 ? 32 : 128;
  const address = prefix << BigInt(bits - length);
  const word = (from_right: number) => Number((address >> BigInt(32 * from_right)) & 0xffffffffn) | 0;
  return family === 4 ? formatV4(word(0)) : formatV6(word(3), word(2), word(1), word(0));
}

const EVERYWHERE: Network = { prefix: 0n, length: 0 };

function networkOf(cidr: Cidr | undefined): Network {
  if (!cidr) return EVERYWHERE;
  const { address, length } = cidr;
  const words = address.family === 4 ? address.words.slice(0, 1) : address.words;
  const whole = words.reduce((value, word) => (value << 32n) | BigInt(word >>> 0), 0n);
  return { prefix: whole >> BigInt(32 * words.length - length), length };
}

function half({ prefix, length }: Network, bit: bigint): Network {
  return { prefix: (prefix << 1n) | bit, length: length + 1 };
}

function within(inner: Network, outer: Network): boolean {
  return inner.length >= outer.length && inner.prefix >> BigInt(inner.length - outer.length) === outer.prefix;
}

/** Whether any flow is in both. */
export function meets(a: NetworkPair, b: NetworkPair): boolean {
  const touch = (x: Network, y: Network) => within(x, y) || within(y, x);
  return a.family === b.family && touch(a.source, b.source) && touch(a.destination, b.destination);
}

/** Whether `outer` contains all of `inner`. */
export function holds(outer: NetworkPair, inner: NetworkPair): boolean {
  return (
    outer.family === inner.family &&
    within(inner.source, outer.source) &&
    within(inner.destination, outer.destination)
  );
}
