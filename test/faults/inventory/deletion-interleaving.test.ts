import { describe, it } from 'vitest';
import { callStep, firstCall } from '../../support/call-step.ts';
import {
  attempt,
  expectSoundWorld,
  makeWorld,
  type Operation,
  type Outcome,
  SMALL_TRANSACTIONS,
  type World,
} from '../../support/inventory-world.ts';
import type { NetworkBed } from '../../support/network-bed.ts';
import { pausingClient } from '../../support/pausing-client.ts';
import { withNetwork } from '../../support/use-network.ts';

/** The operation stops before every n-th of its calls. */
const STEP = callStep(4);

interface Case {
  title: string;
  deletedFirst?: number[];
  /** Stops before each of its calls in turn … */
  first: Operation;
  /** … while these operations run from beginning to end. */
  meanwhile: Operation[];
}

const deleteHub: Operation = { name: 'deleteSite', site: 0 };
const deletePeer: Operation = { name: 'deleteSite', site: 1 };
const deletePeerBegun: Operation = { name: 'deleteSite', site: 1, begun: true };
const restoreHub: Operation = { name: 'restoreSite', site: 0 };
const restorePeer: Operation = { name: 'restoreSite', site: 1 };
const removeEndpoint: Operation = { name: 'removeEndpoint', site: 1 };
const removeEndpointBegun: Operation = { name: 'removeEndpoint', site: 1, begun: true };
const restorePeerBegun: Operation = { name: 'restoreSite', site: 1, begun: true };
const createPath: Operation = { name: 'createPath', site: 0, peer: 1 };
const addEndpoint: Operation = { name: 'addEndpoint', site: 0 };
const addPeerEndpoint: Operation = { name: 'addEndpoint', site: 1 };
const deletePath: Operation = { name: 'deletePath', path: 0 };
const cleanUp: Operation = { name: 'cleanUp' };
const deleteHubLate: Operation = { name: 'deleteSite', site: 0, late: true };
const restoreHubLate: Operation = { name: 'restoreSite', site: 0, late: true };
const removeEndpointLate: Operation = { name: 'removeEndpoint', site: 1, late: true };

const CASES: Case[] = [
  { title: 'a deletion, and another one', first: deleteHub, meanwhile: [deleteHub] },
  { title: 'a deletion, and one who takes it over', first: deleteHub, meanwhile: [deleteHubLate] },
  {
    title: 'a deletion that sleeps while one takes it over and another restores',
    first: deleteHub,
    meanwhile: [deleteHubLate, restoreHub],
  },
  {
    title: 'a restore, and one who takes it over',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [restoreHubLate],
  },
  { title: 'a removal, and one who takes it over', first: removeEndpoint, meanwhile: [removeEndpointLate] },
  { title: 'a deletion, and one of the peer', first: deleteHub, meanwhile: [deletePeer] },
  { title: 'a deletion, and a new path', first: deleteHub, meanwhile: [createPath] },
  { title: 'a deletion, and a new endpoint', first: deleteHub, meanwhile: [addEndpoint] },
  { title: 'a deletion, and a path deleted', first: deleteHub, meanwhile: [deletePath] },
  { title: 'a deletion, and a removal at the peer', first: deleteHub, meanwhile: [removeEndpoint] },
  { title: 'a deletion, and a restore', first: deleteHub, meanwhile: [restoreHub] },
  { title: 'a deletion that sleeps through a restore', first: deleteHub, meanwhile: [cleanUp, restoreHub] },
  {
    title: 'a deletion that sleeps through a restore and a deletion of the peer',
    first: deleteHub,
    meanwhile: [cleanUp, restoreHub, deletePeer],
  },
  { title: 'a restore, and another one', deletedFirst: [0], first: restoreHub, meanwhile: [restoreHub] },
  { title: 'a restore, and a deletion', deletedFirst: [0], first: restoreHub, meanwhile: [deleteHub] },
  {
    title: 'a restore, and a deletion of the peer',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [deletePeer],
  },
  {
    title: 'a restore, and one of the peer',
    deletedFirst: [0, 1],
    first: restoreHub,
    meanwhile: [restorePeer],
  },
  {
    title: 'a restore of the peer, and one of the hub',
    deletedFirst: [0, 1],
    first: restorePeer,
    meanwhile: [restoreHub],
  },
  {
    title: 'a restore, and a removal at the peer',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [removeEndpoint],
  },
  {
    title: 'a restore that sleeps through a deletion',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [cleanUp, deleteHub],
  },
  {
    title: 'a restore that sleeps through a deletion and a restore of the peer',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [deletePeer, cleanUp, deleteHub, restorePeer],
  },
  {
    title: 'a deletion, and the beginning of one of the peer',
    first: deleteHub,
    meanwhile: [deletePeerBegun],
  },
  {
    title: 'a deletion, and the beginning of a removal',
    first: deletePeer,
    meanwhile: [removeEndpointBegun],
  },
  {
    title: 'a restore, and the beginning of a deletion of the peer',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [deletePeerBegun],
  },
  {
    title: 'a restore, and the beginning of one of the peer',
    deletedFirst: [0, 1],
    first: restoreHub,
    meanwhile: [restorePeerBegun],
  },
  {
    title: 'a restore, and the beginning of a removal at the peer',
    deletedFirst: [0],
    first: restoreHub,
    meanwhile: [removeEndpointBegun],
  },
  { title: 'a new path, and a deletion', first: createPath, meanwhile: [deletePeer] },
  { title: 'a new path, and the beginning of a deletion', first: createPath, meanwhile: [deletePeerBegun] },
  {
    title: 'a new path, and the beginning of a removal',
    first: createPath,
    meanwhile: [removeEndpointBegun],
  },
  { title: 'a new path, and a removal', first: createPath, meanwhile: [removeEndpoint] },
  { title: 'a new endpoint, and a deletion', first: addEndpoint, meanwhile: [deleteHub] },
  { title: 'a removal, and a deletion', first: removeEndpoint, meanwhile: [deletePeer] },
  { title: 'a removal, and a deletion of the peer', first: removeEndpoint, meanwhile: [deleteHub] },
  { title: 'a removal, and a new path', first: removeEndpoint, meanwhile: [createPath] },
  {
    title: 'a removal that sleeps while the endpoint is added again',
    first: removeEndpoint,
    meanwhile: [
      cleanUp,
      addPeerEndpoint,
      ...Array.from({ length: 9 }, () => ({ ...createPath, afterAdding: true })),
    ],
  },
];

describe('an operation that stops before any of its calls, with other operations in the meantime', () => {
  it.each(CASES)(
    '$title',
    async ({ deletedFirst = [], first, meanwhile }) => {
      for (let at = firstCall(STEP); ; at += STEP) {
        if (!(await withNetwork(bed => runOnce(bed, { deletedFirst, first, meanwhile, at })))) return;
      }
    },
    600_000,
  );
});

/** Runs it with a stop before call `at`; returns whether it had so many calls. */
async function runOnce(
  bed: NetworkBed,
  { deletedFirst, first, meanwhile, at }: Required<Omit<Case, 'title'>> & { at: number },
): Promise<boolean> {
  const context = { ...bed.context, max_actions: SMALL_TRANSACTIONS };
  const world: World = await makeWorld(context, deletedFirst);
  const outcomes: Outcome[] = [];
  bed.advance(1000);
  const client = pausingClient(at, async () => {
    for (const operation of meanwhile) outcomes.push(await attempt(context, world, operation));
  });
  outcomes.push(await attempt({ ...context, client }, world, first));
  client.destroy();
  if (outcomes.length === 1) return false;
  await expectSoundWorld(bed, world, outcomes);
  return true;
}
