import type fc from 'fast-check';
import { expect } from 'vitest';
import { chooser } from './chooser.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlState, Plan, Planner } from './control-state.ts';
import type { Circumstances, ControlWorld } from './control-world.ts';
import { makeChange } from './make-change.ts';
import { comparable, readShown } from './shown-state.ts';
import { UNDO } from './undo-operations.ts';

export interface UndoneChange {
  name: string;
  plan: Planner;
  picks: readonly number[];
  /** How the change goes, and how its undo does. */
  change: Circumstances;
  undo: Circumstances;
}

/** Makes a change and undoes it: then every query shows what it showed before. */
export class UndoCommand implements fc.AsyncCommand<ControlModel, ControlWorld> {
  readonly #given: UndoneChange;

  constructor(given: UndoneChange) {
    this.#given = given;
  }

  check({ state }: Readonly<ControlModel>): boolean {
    const plan = this.#plan(state);
    return plan?.effects.length === 1 && plan.effects[0]!.operation in UNDO;
  }

  async run(model: ControlModel, world: ControlWorld): Promise<void> {
    const { change, undo } = this.#given;
    const before = structuredClone(model.state);
    const shown = await readShown(world, before, { all: true });
    const [entry] = await makeChange(model, world, { plan: state => this.#plan(state)!, how: change });
    if (!entry) return;
    const { operation, args, target, leaves } = UNDO[entry.operation]!(entry);
    const plan = (state: ControlState): Plan => {
      const apply = () => {
        Object.assign(state, structuredClone(before));
        leaves?.(state);
      };
      return { operation, args, outcome: 'done', effects: [{ operation, target, apply }] };
    };
    const undone = await makeChange(model, world, { plan, how: undo });
    if (undone.length === 0) return;
    expect(comparable(await readShown(world, before, { all: true }))).toEqual(comparable(shown));
  }

  toString(): string {
    const { name, plan: _, ...rest } = this.#given;
    return `undone ${name}(${JSON.stringify(rest)})`;
  }

  #plan(state: ControlState): Plan | undefined {
    return this.#given.plan(state, chooser(this.#given.picks));
  }
}
