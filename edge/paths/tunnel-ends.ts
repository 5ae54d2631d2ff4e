import { parseAddress } from '../../core/policy/ip-address.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import type { PathEnd, PathEnds } from '../../core/totals/path-match.ts';
import { familyOf, type Resolve, systemResolve } from '../probe/resolve-host.ts';
import { splitAddress } from '../probe/split-address.ts';

/**
 * How the packets of an edge's paths look: from the address of the one end to that of the other,
 * with the ports that are named. A path whose ends have no addresses of one family can't be told by
 * its packets, and is left out; nor can an address with a zone, which packets don't have.
 */
export async function tunnelEnds(
  paths: readonly EdgePath[],
  resolve: Resolve = systemResolve,
): Promise<PathEnds[]> {
  const ends = await Promise.all(
    paths.map(async ({ path_id, address, peer_address }): Promise<PathEnds | undefined> => {
      const local = await endOf(address, resolve, 0);
      if (!local) return undefined;
      const remote = await endOf(peer_address, resolve, familyOf(local.address));
      const fit = remote && familyOf(remote.address) === familyOf(local.address);
      return fit ? { path_id, local, remote } : undefined;
    }),
  );
  return ends.filter(end => end !== undefined);
}

async function endOf(text: string, resolve: Resolve, family: 4 | 6 | 0): Promise<PathEnd | undefined> {
  const { host, port } = splitAddress(text);
  if (host === '') return undefined;
  try {
    const address = familyOf(host) ? host : await resolve(host, family);
    return parseAddress(address) && { address, port };
  } catch {
    return undefined;
  }
}
