import { expect } from 'vitest';
import { PatronusError } from '../../core/errors.ts';
import { restoreSite } from '../../core/inventory/archive/restore-site.ts';
import type { Path } from '../../core/inventory/model/site.ts';
import { createPath } from '../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../core/inventory/paths/delete-path.ts';
import { deleteSite } from '../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../core/inventory/removal/finish-deletions.ts';
import { removeEndpoint } from '../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../core/inventory/sites/add-endpoint.ts';
import { updateSite } from '../../core/inventory/sites/update-site.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { expectSoundInventory, pathPlaces, pathsIn, sitesIn } from './inventory-check.ts';
import { admin, auditOf, dump, makeHub, type NetworkBed } from './network-bed.ts';
import { asFunction } from './rights/as-function.ts';

/** Seven paths in a chunk, so that a dozen paths need several transactions. */
export const SMALL_TRANSACTIONS = 16;
export const PATHS = 14;

/** An action of a person in a world of three sites: the hub, which is site 0, and its two peers. */
export type Operation =
  | { name: 'addEndpoint' | 'updateSite'; site: number }
  /** `begun`: is handed over right after the claim, and waits for clean-up. */
  /**
   * `late`: treats a running operation as abandoned, and so works on it next to the one that began
   * it.
   */
  | {
      name: 'deleteSite' | 'restoreSite' | 'removeEndpoint';
      site: number;
      begun?: boolean;
      late?: boolean;
    }
  /** `afterAdding`: follows an addEndpoint. */
  | { name: 'createPath'; site: number; peer: number; afterAdding?: boolean }
  | { name: 'deletePath'; path: number }
  | { name: 'cleanUp' };

export interface World {
  ids: string[];
  paths: Path[];
  /** Sites that were deleted before everything else. */
  deletedFirst: number[];
}

export interface Outcome {
  operation: Operation;
  /** Its result; undefined when it was refused. */
  result?: unknown;
}

export async function makeWorld(context: StoreContext, deletedFirst: number[]): Promise<World> {
  const { hub, peers, paths } = await makeHub(context, { paths: PATHS, peers: 2 });
  const ids = [hub, ...peers].map(({ id }) => id);
  for (const index of deletedFirst) await deleteSite(context, admin, { site_id: ids[index] });
  return { ids, paths, deletedFirst };
}

/** Runs it; a refusal is an outcome, any other error is thrown. */
export async function attempt(context: StoreContext, world: World, operation: Operation): Promise<Outcome> {
  try {
    return { operation, result: await perform(context, world, operation) };
  } catch (cause) {
    if (!(cause instanceof PatronusError)) throw cause;
    expect(['Conflict', 'NotFound', 'ValidationError']).toContain(cause.errorType);
    return { operation };
  }
}

/** The objects created so far: no two endpoints or paths are equal. */
let made = 0;

function perform(now: StoreContext, { ids, paths }: World, operation: Operation): Promise<unknown> {
  const later = { ...now, clock: () => now.clock() + 40_000, deadline: Infinity };
  const context = 'late' in operation && operation.late ? later : now;
  const site_id = 'site' in operation ? ids[operation.site] : undefined;
  const options = 'begun' in operation && operation.begun ? { until: 0 } : {};
  switch (operation.name) {
    case 'deleteSite':
      return deleteSite(context, admin, { site_id }, options);
    case 'restoreSite':
      return restoreSite(context, admin, { site_id }, options);
    case 'addEndpoint':
      made += 1;
      return addEndpoint(context, admin, {
        site_id,
        address: `wan-${made}.example.com`,
        interface_type: 'LTE',
      });
    case 'removeEndpoint':
      return removeEndpoint(context, admin, { site_id, endpoint_id: 'wan2' }, options);
    case 'updateSite':
      return updateSite(context, admin, { site_id, location: 'Elsewhere' });
    case 'createPath':
      made += 1;
      return createPath(context, admin, {
        wg_interface: `wg${made}`,
        source_site_id: site_id,
        source_endpoint_id: 'wan1',
        destination_site_id: ids[operation.peer],
        destination_endpoint_id: 'wan2',
      });
    case 'deletePath':
      return deletePath(context, admin, { path_id: paths[operation.path]!.id });
    case 'cleanUp': {
      // Treats every operation as abandoned, and so works on it next to the one that began it.
      return asFunction('cleanup', () => finishDeletions(later, { until: Infinity }));
    }
  }
}

/** Paths that some operation removes permanently. */
export function pathsTaken({ ids, paths }: World, operations: Operation[]): Set<string> {
  const taken = operations.flatMap(operation => {
    if (operation.name === 'deletePath') return [paths[operation.path]!];
    if (operation.name !== 'removeEndpoint') return [];
    const siteId = ids[operation.site];
    return paths.filter(
      path => path.destination_site_id === siteId && path.destination_endpoint_id === 'wan2',
    );
  });
  return new Set(taken.map(({ id }) => id));
}

/**
 * Lets clean-up end running operations, and then checks that the state is valid and every
 * confirmation holds.
 */
export async function expectSoundWorld(bed: NetworkBed, world: World, outcomes: Outcome[]): Promise<void> {
  const context = { ...bed.context, max_actions: SMALL_TRANSACTIONS };
  for (let round = 0; round < 2; round++) {
    bed.advance(120_000);
    await asFunction('cleanup', () =>
      finishDeletions({ ...context, clock: bed.context.clock, deadline: Infinity }, { until: Infinity }),
    );
  }
  const items = await dump(context);
  expectSoundInventory(items);
  const done = confirmedOnce(outcomes);
  const alive = new Set(sitesIn(items).map(({ id }) => id));
  for (const [index, id] of world.ids.entries()) {
    const times = (name: string) =>
      done.filter(operation => operation.name === name && 'site' in operation && operation.site === index)
        .length;
    const before = world.deletedFirst.includes(index) ? 0 : 1;
    // The winners: every confirmed deletion found an existing site, every confirmed restore a
    // deleted one.
    expect(before - times('deleteSite') + times('restoreSite')).toBe(alive.has(id) ? 1 : 0);
  }
  for (const name of ['deleteSite', 'restoreSite'] as const) {
    const before = name === 'deleteSite' ? world.deletedFirst.length : 0;
    const confirmed = done.filter(operation => operation.name === name).length;
    expect(auditOf(items, name)).toHaveLength(before + confirmed);
  }
  const operations = outcomes.map(({ operation }) => operation);
  const taken = pathsTaken(world, operations);
  const places = pathPlaces(items);
  for (const { id } of world.paths) {
    if (taken.has(id)) expect(places.get(id) ?? 0).toBeLessThanOrEqual(1);
    else expect([id, places.get(id)]).toEqual([id, 1]);
  }
  for (const { operation, result } of outcomes) {
    if (operation.name !== 'createPath' || result === undefined || !mustLast(operation, outcomes)) continue;
    expect(places.get((result as Path).id)).toBe(1);
  }
  await expectAllRestorable(context, world, { alive, taken });
}

/** The confirmations: a deletion that another caller took over is one, confirmed to both. */
function confirmedOnce(outcomes: Outcome[]): Operation[] {
  const seen = new Set<unknown>();
  return outcomes.flatMap(({ operation, result }) => {
    if (result === undefined) return [];
    const { audit_id } = result as { audit_id?: string };
    if (audit_id !== undefined && seen.has(audit_id)) return [];
    seen.add(audit_id);
    return [operation];
  });
}

/**
 * Whether a new path must exist: no endpoint was removed, or it was created after one was added
 * again.
 */
function mustLast(operation: Operation, outcomes: Outcome[]): boolean {
  if (!outcomes.some(each => each.operation.name === 'removeEndpoint')) return true;
  const addedAgain = outcomes.some(
    each =>
      each.operation.name === 'addEndpoint' && (each.result as { id: string } | undefined)?.id === 'wan2',
  );
  return operation.name === 'createPath' && operation.afterAdding === true && addedAgain;
}

/** At the end every deleted site is restored, in any order. */
async function expectAllRestorable(
  context: StoreContext,
  { ids, paths }: World,
  { alive, taken }: { alive: Set<string>; taken: Set<string> },
): Promise<void> {
  for (const site_id of ids) {
    if (!alive.has(site_id)) await restoreSite({ ...context, deadline: Infinity }, admin, { site_id });
  }
  const back = pathsIn(await dump(context));
  for (const { id } of paths) if (!taken.has(id)) expect(back).toContain(id);
}
