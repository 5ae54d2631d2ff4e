import { BlockList, isIP } from 'node:net';

/**
 * The kind of an IP address. `special`: the machine's link (such as the metadata service of a
 * cloud), multicast, or nothing. `name`: it is not an address.
 */
export type AddressKind = 'public' | 'private' | 'loopback' | 'special' | 'name';

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/') as [string, string];
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);

/** RFC 1918, RFC 6598 and RFC 4193. */
const PRIVATE = listOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/**
 * The other entries of IANA's registries of special addresses that aren't globally reachable, and
 * multicast.
 */
const SPECIAL = listOf([
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '100::/64', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16', 'fe80::/10', 'fec0::/10'],
  'ff00::/8',
]);

/**
 * Prefixes with an IPv4 address in the last 32 bits: mapped, compatible, both kinds of NAT64.
 */
const EMBEDDED = listOf(['::ffff:0:0/96', '::/96', '64:ff9b::/96', '64:ff9b:1::/48']);

/** 6to4 has an IPv4 address after its first 16 bits. It is no longer in use. */
const SIX_TO_FOUR = listOf(['2002::/16']);

/** @example addressKind('169.254.169.254') // 'special' */
export function addressKind(address: string): AddressKind {
  const version = isIP(address);
  if (version === 0) return 'name';
  const type = version === 4 ? 'ipv4' : 'ipv6';
  if (LOOPBACK.check(address, type)) return 'loopback';
  if (version === 6) {
    if (SPECIAL.check(address, type) || SIX_TO_FOUR.check(address, type)) return 'special';
    if (EMBEDDED.check(address, type)) return addressKind(lastFourBytes(address));
  }
  if (PRIVATE.check(address, type)) return 'private';
  return SPECIAL.check(address, type) ? 'special' : 'public';
}

function lastFourBytes(address: string): string {
  // In the form of URLs, which has no dotted IPv4 address in it.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high, low] = groups.slice(-2).map(group => Number.parseInt(group || '0', 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
