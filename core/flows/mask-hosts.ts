import { type Cidr, formatAddress, type IpAddress, parseAddress } from '../policy/ip-address.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { limitFlows } from '../totals/other-flows.ts';

/** Leading bits that are kept: a site's network, of which a host can't be told. */
const NETWORK_BITS = { 4: 24, 6: 56 } as const;

/**
 * Flows between networks instead of hosts; what can't be told apart any more is added up. Packets
 * and bytes stay whole.
 */
export function maskHosts(flows: readonly FlowRecord[]): FlowRecord[] {
  const masked = flows.map(flow => ({ ...flow, src: maskText(flow.src), dst: maskText(flow.dst) }));
  return limitFlows(masked, masked.length);
}

/** The network that an address is in, IPv4 /24 or IPv6 /56. */
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
