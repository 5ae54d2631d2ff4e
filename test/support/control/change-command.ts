import type fc from 'fast-check';
import { chooser } from './chooser.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlState, Planner } from './control-state.ts';
import type { Circumstances, ControlWorld } from './control-world.ts';
import { makeChange } from './make-change.ts';

/**
 * Requests a change, under any circumstances, and checks that the state afterwards is the expected
 * one.
 */
export class ChangeCommand implements fc.AsyncCommand<ControlModel, ControlWorld> {
  readonly #name: string;
  readonly #plan: Planner;
  readonly #picks: readonly number[];
  readonly #how: Circumstances;

  constructor(name: string, plan: Planner, { picks, how }: { picks: readonly number[]; how: Circumstances }) {
    this.#name = name;
    this.#plan = plan;
    this.#picks = picks;
    this.#how = how;
  }

  check = ({ state }: Readonly<ControlModel>) => this.#plan(state, chooser(this.#picks)) !== undefined;

  async run(model: ControlModel, world: ControlWorld): Promise<void> {
    const plan = (state: ControlState) => this.#plan(state, chooser(this.#picks))!;
    await makeChange(model, world, { plan, how: this.#how });
  }

  toString = () => `${this.#name}(${JSON.stringify(this.#picks)}, ${JSON.stringify(this.#how)})`;
}
