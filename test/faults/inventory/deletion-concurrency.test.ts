import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { expectToSeeNoHalves } from '../../support/inventory-reader.ts';
import {
  attempt,
  expectSoundWorld,
  makeWorld,
  type Operation,
  PATHS,
  SMALL_TRANSACTIONS,
} from '../../support/inventory-world.ts';
import type { NetworkBed } from '../../support/network-bed.ts';
import { scheduledClient } from '../../support/scheduled-client.ts';
import { withNetwork } from '../../support/use-network.ts';

// How many schedules are tried; DELETION_RUNS=1000 looks longer.
const RUNS = Number(process.env.DELETION_RUNS ?? 20);

const site = fc.nat(2);
const onSite = (...names: Operation['name'][]) =>
  fc.record({
    name: fc.constantFrom(...names),
    site,
    begun: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    late: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  }) as fc.Arbitrary<Operation>;
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: onSite('deleteSite') },
  { weight: 4, arbitrary: onSite('restoreSite') },
  { weight: 3, arbitrary: onSite('addEndpoint', 'removeEndpoint', 'updateSite') },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('createPath' as const), site, peer: site }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('deletePath' as const), path: fc.nat(PATHS - 1) }) },
  { weight: 2, arbitrary: fc.constant({ name: 'cleanUp' as const }) },
);

describe('concurrent operations on sites', () => {
  it('never leave an orphan, never lose a path, have one winner, and never show a partial state', async () => {
    const deletedFirst = fc.uniqueArray(site, { maxLength: 2 });
    const operations = fc.array(operation, { minLength: 2, maxLength: 5 });
    await fc.assert(fc.asyncProperty(fc.scheduler(), deletedFirst, operations, runTogether), {
      numRuns: RUNS,
    });
  }, 3_600_000);
});

function runTogether(scheduler: fc.Scheduler, deletedFirst: number[], operations: Operation[]) {
  return withNetwork(bed => runOn(bed, { scheduler, deletedFirst, operations }));
}

interface Schedule {
  scheduler: fc.Scheduler;
  deletedFirst: number[];
  operations: Operation[];
}

async function runOn(bed: NetworkBed, { scheduler, deletedFirst, operations }: Schedule): Promise<void> {
  const calm: StoreContext = { ...bed.context, max_actions: SMALL_TRANSACTIONS };
  const gated: StoreContext = { ...calm, client: scheduledClient(scheduler) };
  try {
    const world = await makeWorld(calm, deletedFirst);
    bed.advance(1000);
    let over = false;
    const work = Promise.all(operations.map(each => attempt(gated, world, each))).finally(() => {
      over = true;
    });
    const reading = (async () => {
      for (let last = false; !last; ) {
        last = over;
        await expectToSeeNoHalves(gated, world, operations);
      }
    })();
    const [outcomes] = await scheduler.waitFor(Promise.all([work, reading]));
    await expectSoundWorld(bed, world, outcomes);
  } finally {
    gated.client.destroy();
  }
}
