import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arbitraryCommands } from '../../support/control/arbitrary-commands.ts';
import { ControlModel } from '../../support/control/control-model.ts';
import { emptyState } from '../../support/control/control-state.ts';
import { ControlWorld } from '../../support/control/control-world.ts';
import { expectFollowed } from '../../support/control/follow-command.ts';
import { OPERATIONS } from '../../support/control/operations.ts';
import { readShown } from '../../support/control/read-shown.ts';
import { ReportCommand } from '../../support/control/report-command.ts';
import { start } from '../../support/control/start.ts';
import { EDGES } from '../../support/control/traffic-operations.ts';
import { UndoCommand } from '../../support/control/undo-command.ts';
import { UNDOABLE } from '../../support/control/undo-operations.ts';
import { expectSoundInventory } from '../../support/inventory-check.ts';
import { dumpNetwork } from '../../support/network-bed.ts';

/*
 * A model of the control plane next to the real one: resolvers, ingest, clean-up and the orders
 * that broadcast derives from the log, over DynamoDB Local (docs/decisions/155). CONTROL_RUNS sets
 * the number of runs.
 */

const RUNS = Number(process.env.CONTROL_RUNS ?? 2);
const IS_LONG = process.env.CONTROL_RUNS !== undefined;

/** The bounded run repeats the same worlds; the long one finds new ones. */
const SEED = IS_LONG ? {} : { seed: 1 };

/** Commands for which the time is too short are left out. */
const LIMIT_MS = IS_LONG ? 7_000_000 : 60_000;

/** A world with some content, then all invariants once nothing is running. */
async function inWorld(run: (model: ControlModel, world: ControlWorld) => Promise<void>): Promise<void> {
  const world = await ControlWorld.make();
  try {
    const model = new ControlModel(emptyState(EDGES));
    await start(model, world);
    await run(model, world);
    await world.settle();
    expect(await world.newEntries()).toEqual([]);
    expectSoundInventory(await dumpNetwork(world.context(world.db.client)));
    await expectFollowed(model, world);
    expect(await world.query('trafficAudit')).toMatchObject({ mismatches: [] });
  } finally {
    await world.drop();
  }
}

it('the control plane matches its model for any sequence of operations and killed functions', async () => {
  const property = fc.asyncProperty(arbitraryCommands(25), list =>
    inWorld((model, world) => fc.asyncModelRun(() => ({ model, real: world }), list)),
  );
  // Only the long run shrinks a counterexample.
  await fc.assert(property, {
    ...SEED,
    numRuns: RUNS,
    interruptAfterTimeLimit: LIMIT_MS,
    endOnFailure: !IS_LONG,
  });
}, 7_200_000);

it('each change can be undone and redone, and every query returns the earlier answers', async () => {
  const how = { by: 0 };
  const measured = { latency_ms: 10, packet_loss_pct: 0, clock_ms: 0, fault: undefined };
  const report = new ReportCommand({ picks: [0, 0, 1, 0], new_boot: false, packets: [5, 7], ...measured });
  await inWorld(async (model, world) => {
    await report.run(model, world);
    await report.run(model, world);
    let shown = await readShown(world, model.state, { all: true });
    // In the order of the table each command finds what it needs.
    for (const name of Object.keys(UNDOABLE) as (keyof typeof OPERATIONS)[]) {
      const made = (picks: number[]) =>
        new UndoCommand({ name, plan: OPERATIONS[name], picks, how: [how, how, how] });
      const command = CHOICES.map(made).find(each => each.check(model));
      expect(command, name).toBeDefined();
      shown = await command!.runFrom(shown, { model, world });
    }
  });
}, 600_000);

/** All ways to choose from the first four. */
const CHOICES = Array.from({ length: 256 }, (_, number) =>
  [0, 1, 2, 3].map(place => Math.floor(number / 4 ** place) % 4),
);
