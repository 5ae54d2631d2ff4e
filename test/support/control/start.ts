import { ChangeCommand } from './change-command.ts';
import type { Planner } from './control-state.ts';
import { OPERATIONS } from './operations.ts';

/** What each run begins with, so that there is something to change. */
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

export const START = CHANGES.map(
  ([name, ...picks]) => new ChangeCommand(name, OPERATIONS[name] as Planner, { picks, how: { by: 0 } }),
);
