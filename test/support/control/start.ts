import { chooser } from './chooser.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlState } from './control-state.ts';
import type { ControlWorld } from './control-world.ts';
import { makeChange } from './make-change.ts';
import { OPERATIONS } from './operations.ts';

/** The changes at the start of each run, so that there is something to change. */
const CHANGES: [keyof typeof OPERATIONS, ...number[]][] = [
  ['createSite', 0],
  ['createSite', 1],
  ['createSite', 2],
  ...[0, 1, 2].flatMap((site): typeof CHANGES => [
    ['addEndpoint', site, 0],
    ['addEndpoint', site, 1],
  ]),
  ['createPath', 0, 1, 0, 0],
  ['createPath', 0, 1, 1, 0],
  ['createPath', 1, 2, 0, 1],
  ['createPath', 2, 0, 1, 1],
  ['createPolicy', 0, 0, 0],
  ['registerEdge', 0, 0],
  ['registerEdge', 1, 1],
];

/** Makes the changes at the start of each run. */
export async function start(model: ControlModel, world: ControlWorld): Promise<void> {
  for (const [name, ...picks] of CHANGES) {
    const plan = (state: ControlState) => OPERATIONS[name](state, chooser(picks))!;
    await makeChange(model, world, { plan, how: { by: 0 }, ask: 'none' });
  }
}
