import { formatAddress, parseAddress } from '../policy/ip-address.ts';

/** An address as one text, however it was written; what is no address stays as it is. */
export function canonicalAddress(text: string): string {
  // An IPv4 address has one form only.
  if (!text.includes(':')) return text;
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}
