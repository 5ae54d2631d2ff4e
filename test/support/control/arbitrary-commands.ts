import fc from 'fast-check';
import type { Fault } from '../faults.ts';
import { ChangeCommand } from './change-command.ts';
import { ClockCommand } from './clock-command.ts';
import type { ControlModel } from './control-model.ts';
import type { Planner } from './control-state.ts';
import type { ControlWorld } from './control-world.ts';
import { FollowCommand } from './follow-command.ts';
import { OPERATIONS } from './operations.ts';
import { ReportCommand } from './report-command.ts';
import { UndoCommand } from './undo-command.ts';
import { UNDOABLE } from './undo-operations.ts';

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
  { nil: undefined, freq: 1 },
);

const picks = fc.array(fc.nat({ max: 59 }), { minLength: 6, maxLength: 6 });

const how = fc.record({
  by: fc.nat({ max: 1 }),
  /** The offset of the function's clock from the true time. */
  skew_ms: fc.constantFrom(0, 0, 0, -20_000, 20_000),
  fault,
  again: fc.boolean(),
});

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

type Command = fc.AsyncCommand<ControlModel, ControlWorld>;

/** The list has the frequency of each kind of command. */
const commands: fc.Arbitrary<Command>[] = [
  ...operations.map(([name, plan]) =>
    fc.record({ picks, how }).map(given => new ChangeCommand(name, plan, given)),
  ),
  ...operations
    .filter(([name]) => name in UNDOABLE)
    .map(([name, plan]) =>
      fc
        .record({ picks, how: fc.tuple(how, how, how) })
        .map(given => new UndoCommand({ name, plan, ...given })),
    ),
  ...Array.from({ length: 6 }, () => report.map(given => new ReportCommand(given))),
  ...[61_000, 600_000, 7_200_000].map(ms => fc.constant(new ClockCommand(ms))),
  ...[1, 4].map(limit => fc.constant(new FollowCommand(limit))),
];

/** Requests to the control plane, and events of its functions in the meantime. */
export const arbitraryCommands = (maxCommands: number) => fc.commands(commands, { maxCommands, size: 'max' });
