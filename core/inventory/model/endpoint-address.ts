import { formatAddress, parseAddress } from '../../policy/ip-address.ts';

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;
const PORT = /^[1-9][0-9]{0,4}$/;
const MAX_HOST_NAME = 253;

/**
 * The canonical text of an address: `[2001:DB8::0]:51820` becomes `[2001:db8::]:51820`, and
 * `WAN.example.com.` becomes `wan.example.com`. An address with a port and the same without one are
 * different.
 */
export function canonicalEndpointAddress(text: string): string {
  const [, bracketed, behind = ''] = /^\[([^\]]+)\](.*)$/.exec(text) ?? [];
  const [, plain = text, port = ''] = /^([^:]*)(:\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const parsed = parseAddress(host);
  const name = parsed ? formatAddress(parsed) : host.toLowerCase().replace(/\.$/, '');
  if (bracketed === undefined) return name + port;
  return behind === '' ? name : `[${name}]${behind}`;
}

/**
 * Whether a text is an address of an endpoint: an IPv4 address, an IPv6 address or a host name,
 * alone or with a port (`203.0.113.7:51820`, `[2001:db8::1]:51820`). A host name whose last label
 * is a number is not valid (RFC 3696).
 */
export function isEndpointAddress(text: string): boolean {
  if (parseAddress(text)) return true;
  const bracketed = /^\[([^\]%]+)\](?::(\d+))?$/.exec(text);
  if (bracketed) return parseAddress(bracketed[1]!)?.family === 6 && isPort(bracketed[2]);
  const [host = '', port, ...more] = text.split(':');
  return more.length === 0 && isPort(port) && (parseAddress(host)?.family === 4 || isHostName(host));
}

function isPort(text: string | undefined): boolean {
  return text === undefined || (PORT.test(text) && Number(text) <= 65_535);
}

function isHostName(text: string): boolean {
  if (text.length > MAX_HOST_NAME) return false;
  const labels = text.replace(/\.$/, '').split('.');
  return labels.every(label => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1)!);
}
