import { expect, it } from 'vitest';
import { IP_PROTOCOLS, protocolName } from '../../../core/policy/ip-protocol.ts';

it.each([
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [58, 'ICMPv6'],
  [132, 'SCTP'],
])('protocol %i is %s', (protocol, name) => {
  expect(protocolName(protocol)).toBe(name);
  expect(IP_PROTOCOLS[name]).toBe(protocol);
});

it.each([0, 7, 255])('protocol %i has only its number as name', protocol => {
  expect(protocolName(protocol)).toBe(`protocol ${protocol}`);
});
