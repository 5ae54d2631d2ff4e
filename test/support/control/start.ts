import { ChangeCommand } from './change-command.ts';
import { SITE_OPERATIONS } from './site-operations.ts';

/** What each run begins with, so that there is something to change: three sites, two endpoints each, four paths. */
const CHANGES: [keyof typeof SITE_OPERATIONS, ...number[]][] = [
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
];

export const START = CHANGES.map(
  ([name, ...picks]) => new ChangeCommand(name, SITE_OPERATIONS[name], { picks, how: { by: 0 } }),
);
