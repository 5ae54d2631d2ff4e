import { ALL_SITES, readRouteVersion } from '../commands/route-versions.ts';
import { readPolicies } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { VersionedMemory } from '../storage/versioned-memory.ts';
import { type PolicyRouting, readAllPolicyRouting } from './decisions/policy-routing.ts';

/** How policies choose among paths, at all sites. */
interface SharedRouting {
  /** Of the routing that was read, or an earlier one: the version is read first. */
  version: number;
  /** By policy, where it was set. */
  by_policy: ReadonlyMap<string, PolicyRouting>;
}

/** What every edge reads after a change, and reads the same. */
export class EdgeMemory {
  readonly policies = new VersionedMemory(readPolicies);
  readonly routing = new VersionedMemory(readSharedRouting);
}

async function readSharedRouting(context: StoreContext): Promise<SharedRouting> {
  const version = await readRouteVersion(context, ALL_SITES);
  return { version, by_policy: await readAllPolicyRouting(context) };
}
