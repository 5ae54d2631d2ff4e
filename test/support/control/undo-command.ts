import type fc from 'fast-check';
import { expect } from 'vitest';
import { chooser } from './chooser.ts';
import { comparable } from './comparable.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlState, Entry, Plan, Planner } from './control-state.ts';
import type { Circumstances, ControlWorld } from './control-world.ts';
import { makeChange } from './make-change.ts';
import { readShown, type Shown } from './read-shown.ts';
import { type Entries, UNDOABLE } from './undo-operations.ts';

type Plans = (state: ControlState) => Plan;

export interface UndoneChange {
  name: string;
  plan: Planner;
  picks: readonly number[];
  /** The conditions of the change, of its undo, and of the undo of that. */
  how: readonly [Circumstances, Circumstances, Circumstances];
}

/**
 * Longer than decisions stay in the cache: one from before the last report would not match the one
 * that is made after the change.
 */
const DECISIONS_CACHED_MS = 31_000;

/**
 * Makes a change, undoes it and undoes that: every query returns the answer from before the change,
 * then the one from after it.
 */
export class UndoCommand implements fc.AsyncCommand<ControlModel, ControlWorld> {
  readonly #given: UndoneChange;

  constructor(given: UndoneChange) {
    this.#given = given;
  }

  check({ state }: Readonly<ControlModel>): boolean {
    const plan = this.#plan(state);
    return plan?.effects.length === 1 && plan.effects[0]!.operation in UNDOABLE;
  }

  async run(model: ControlModel, world: ControlWorld): Promise<void> {
    world.now += DECISIONS_CACHED_MS;
    await this.runFrom(await readShown(world, model.state, { all: true }), { model, world });
  }

  /**
   * The same, with the known answers of all queries before the change.
   * @returns their answers after it
   */
  async runFrom(
    shownBefore: Shown,
    { model, world }: { model: ControlModel; world: ControlWorld },
  ): Promise<Shown> {
    const [change, undo, redo] = this.#given.how;
    const before = structuredClone(model.state);
    const began = world.now;
    const make = (plan: Plans, how: Circumstances) => makeChange(model, world, { plan, how, ask: 'all' });
    const changed = await make(state => this.#plan(state)!, change);
    const [entry] = changed.entries;
    if (!entry) return changed.shown;
    const after = structuredClone(model.state);

    const leaves = UNDOABLE[entry.operation]!;
    const back = (own: Entry) => leftBy(leaves.undone, before, { change: entry, own });
    const undone = await make(undoing(entry, back), undo);
    const [undoEntry] = undone.entries;
    if (!undoEntry) return undone.shown;
    const compare = { ended_ms: world.now - began, except: entry.target, fields: leaves.fields };
    expectSame(comparable(undone.shown, compare), comparable(shownBefore, compare));

    const again = (own: Entry) => leftBy(leaves.redone, after, { change: entry, own });
    const redone = await make(undoing(undoEntry, again), redo);
    if (redone.entries.length === 0) return redone.shown;
    const compareAgain = { ...compare, ended_ms: world.now - began };
    expectSame(comparable(redone.shown, compareAgain), comparable(changed.shown, compareAgain));
    return redone.shown;
  }

  toString(): string {
    const { name, plan: _, ...rest } = this.#given;
    return `undone ${name}(${JSON.stringify(rest)})`;
  }

  #plan(state: ControlState): Plan | undefined {
    return this.#given.plan(state, chooser(this.#given.picks));
  }
}

/** The state to which an undo returns, and its differences from the earlier one. */
export function leftBy(
  leaves: ((state: ControlState, entries: Entries) => void) | undefined,
  state: ControlState,
  entries: Entries,
): ControlState {
  const copy = structuredClone(state);
  leaves?.(copy, entries);
  return copy;
}

/** Plans the undo of a change. `to`: the state to which it returns. */
export function undoing({ id, target }: Entry, to: (own: Entry) => ControlState): Plans {
  return state => ({
    operation: 'undo',
    args: { audit_id: id },
    outcome: 'done',
    effects: [{ operation: 'undo', target: target!, apply: own => void Object.assign(state, to(own)) }],
  });
}

/** Query by query, so that a failure prints one answer. */
function expectSame(found: Record<string, unknown>, due: Record<string, unknown>): void {
  for (const [query, answer] of Object.entries(due)) {
    expect({ query, answer: found[query] }).toEqual({ query, answer });
  }
}
