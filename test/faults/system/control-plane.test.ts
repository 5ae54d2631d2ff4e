import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChangeCommand } from '../../support/control/change-command.ts';
import { ClockCommand } from '../../support/control/clock-command.ts';
import { ControlModel } from '../../support/control/control-model.ts';
import { emptyState, type Planner } from '../../support/control/control-state.ts';
import { ControlWorld } from '../../support/control/control-world.ts';
import { expectFollowed, FollowCommand } from '../../support/control/follow-command.ts';
import { OPERATIONS } from '../../support/control/operations.ts';
import { ReportCommand } from '../../support/control/report-command.ts';
import { START } from '../../support/control/start.ts';
import { EDGES } from '../../support/control/traffic-operations.ts';
import { UndoCommand } from '../../support/control/undo-command.ts';
import { UNDOABLE } from '../../support/control/undo-operations.ts';
import type { Fault } from '../../support/faults.ts';
import { expectSoundInventory } from '../../support/inventory-check.ts';
import { dumpNetwork } from '../../support/network-bed.ts';

/** `npm run test:long` makes more. */
const RUNS = Number(process.env.CONTROL_RUNS ?? 10);

const LIMIT_MS = process.env.CONTROL_RUNS === undefined ? 120_000 : 7_000_000;

const fault = fc.option(
  fc.record({
    fault: fc.constantFrom<Fault>(
      'killed before',
      'killed after',
      'killed after',
      'connection reset, landed',
      'time-out, lands later',
      'throttled',
      'canceled: TransactionConflict',
    ),
    at: fc.nat({ max: 15 }),
  }),
  { nil: undefined },
);
const picks = fc.array(fc.nat({ max: 59 }), { minLength: 6, maxLength: 6 });
/** How far a function's clock is from the true time. */
const skew_ms = fc.constantFrom(0, 0, 0, -20_000, 20_000);
const how = fc.record({ by: fc.nat({ max: 1 }), skew_ms, fault, again: fc.boolean() });
const report = fc.record({
  picks,
  new_boot: fc.constantFrom(false, false, false, true),
  packets: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 2 }),
  latency_ms: fc.constantFrom(10, 10, 40, 3000),
  packet_loss_pct: fc.constantFrom(0, 0, 0, 100),
  /** Clocks of edges jump. */
  clock_ms: fc.constantFrom(0, 0, 0, -300_000, -30_000, 15_000, 300_000),
  fault,
});

const operations = Object.entries<Planner>(OPERATIONS);
const changes = operations.map(([name, plan]) =>
  fc.record({ picks, how }).map(given => new ChangeCommand(name, plan, given)),
);
const undone = operations
  .filter(([name]) => name in UNDOABLE)
  .map(([name, plan]) =>
    fc
      .record({ picks, how: fc.tuple(how, how, how) })
      .map(given => new UndoCommand({ name, plan, ...given })),
  );
const others = [
  ...[1, 2, 3, 4].map(() => report.map(given => new ReportCommand(given))),
  fc.constantFrom(61_000, 600_000, 7_200_000).map(ms => new ClockCommand(ms)),
  fc.integer({ min: 1, max: 4 }).map(limit => new FollowCommand(limit)),
];
const commands = fc.commands([...changes, ...undone, ...others], { maxCommands: 25, size: 'max' });

it('the control plane does what it should, whatever is asked for and whatever happens to a function', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async list => {
      const world = await ControlWorld.make();
      try {
        const model = new ControlModel(emptyState(EDGES));
        for (const command of START) await command.run(model, world);
        await fc.asyncModelRun(() => ({ model, real: world }), list);
        await world.settle();
        expect(await world.newEntries()).toEqual([]);
        await expectFollowed(model, world);
        expectSoundInventory(await dumpNetwork(world.context(world.db.client)));
      } finally {
        await world.drop();
      }
    }),
    // What the time doesn't suffice for is left out, and so is making a counterexample shorter.
    {
      numRuns: RUNS,
      interruptAfterTimeLimit: LIMIT_MS,
      endOnFailure: process.env.CONTROL_RUNS === undefined,
    },
  );
}, 7_200_000);
