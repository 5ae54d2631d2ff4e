import { type Cidr, formatAddress, type IpAddress, parseAddress } from '../policy/ip-address.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { limitFlows } from '../totals/other-flows.ts';

/** Number of leading bits that are kept: a site's network, which does not identify a host. */
const NETWORK_BITS = { 4: 24, 6: 56 } as const;

/**
 * Replaces hosts by networks and merges flows that are then equal. The sums of packets and bytes
 * don't change.
 */
export function maskHosts(flows: readonly FlowRecord[]): FlowRecord[] {
  const masked = flows.map(flow => ({ ...flow, src: maskText(flow.src), dst: maskText(flow.dst) }));
  return limitFlows(masked, masked.length);
}

/** The network of an address, IPv4 /24 or IPv6 /56. */
export function networkOf(address: IpAddress): Cidr {
  const length = NETWORK_BITS[address.family];
  const words = address.words.map((word, index) => maskWord(word, length - 32 * index));
  return { address: { family: address.family, words: words as IpAddress['words'] }, length };
}

function maskText(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(networkOf(address).address) : text;
}

function maskWord(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word : word & (-1 << (32 - bits));
}
