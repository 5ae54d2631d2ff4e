import { ALL_SITES, readRouteVersion } from '../commands/route-versions.ts';
import { readPolicies, readPoliciesMeta } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { VersionedMemory } from '../storage/versioned-memory.ts';
import { type PolicyRouting, readAllPolicyRouting } from './decisions/policy-routing.ts';

/** How policies choose among paths at all sites. */
interface SharedRouting {
  /** The version of `by_policy` or an earlier one, because the version is read before it. */
  version: number;
  /** By policy id; policies with the defaults are not in it. */
  by_policy: ReadonlyMap<string, PolicyRouting>;
}

/** Remembers what every edge reads after a change, and what is the same for all edges. */
export class EdgeMemory {
  readonly policies = new VersionedMemory({
    read: readPolicies,
    readVersion: async context => (await readPoliciesMeta(context)).version,
  });
  readonly routing = new VersionedMemory({ read: readSharedRouting, readVersion });
}

async function readSharedRouting(context: StoreContext): Promise<SharedRouting> {
  const version = await readVersion(context);
  return { version, by_policy: await readAllPolicyRouting(context) };
}

function readVersion(context: StoreContext): Promise<number> {
  return readRouteVersion(context, ALL_SITES);
}
