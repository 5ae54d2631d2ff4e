import type fc from 'fast-check';
import type { ControlModel } from './control-model.ts';
import type { ControlWorld } from './control-world.ts';

/** Time passes, and the clean-up runs on its schedule. */
export class ClockCommand implements fc.AsyncCommand<ControlModel, ControlWorld> {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  check = () => true;

  async run(_: ControlModel, world: ControlWorld): Promise<void> {
    world.now += this.#ms;
    await world.cleanUp();
  }

  toString = () => `clock(${this.#ms})`;
}
