import { parseAddress } from '../../core/policy/ip-address.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import type { PathEnd, PathEnds } from '../../core/totals/path-match.ts';
import { familyOf, type Resolve, systemResolve } from '../probe/resolve-host.ts';
import { splitAddress } from '../probe/split-address.ts';

/**
 * The addresses and ports of the packets on an edge's paths: from one end to the other, with the
 * given ports. A path is left out if its packets can't be recognized, because its ends have no
 * addresses of the same family, or because an address has a zone, which packets don't contain.
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
