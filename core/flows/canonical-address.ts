import { formatAddress, parseAddress } from '../policy/ip-address.ts';

/** The canonical text of an address. A text that is not an address is returned unchanged. */
export function canonicalAddress(text: string): string {
  // An IPv4 address has only one form.
  if (!text.includes(':')) return text;
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}
