import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Resolves a name to an address of a family, or of any family if it is 0; injected by tests. */
export type Resolve = (host: string, family: 4 | 6 | 0) => Promise<string>;

export const systemResolve: Resolve = async (host, family) => (await lookup(host, { family })).address;

/** The family of an address; 0 for anything else, such as a name. */
export function familyOf(address: string): 4 | 6 | 0 {
  return isIP(address) as 4 | 6 | 0;
}
