/** IP protocols with common names, with IANA's numbers. */
export const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  ICMP: 1,
  TCP: 6,
  UDP: 17,
  GRE: 47,
  ESP: 50,
  ICMPv6: 58,
  SCTP: 132,
};

/** @example protocolName(6) // 'TCP', and protocolName(99) is 'protocol 99' */
export function protocolName(protocol: number): string {
  const name = Object.keys(IP_PROTOCOLS).find(name => IP_PROTOCOLS[name] === protocol);
  return name ?? `protocol ${protocol}`;
}
