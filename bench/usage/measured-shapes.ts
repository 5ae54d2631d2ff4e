import type { Shape } from './fleet.ts';

const USUAL: Shape = { edges: 40, policies: 20, paths: 2, flows: 0, interval_s: 60, window_s: 5 };

/** The network that releases are compared by. */
export const REFERENCE: Shape = { ...USUAL, edges: 200 };

/**
 * Shapes that differ in one or two figures, so that what each figure costs can be told from them.
 */
export const SHAPES: readonly Shape[] = [
  USUAL,
  { ...USUAL, window_s: 60 },
  { ...USUAL, edges: 16, window_s: 15 },
  { ...USUAL, policies: 4, window_s: 15 },
  { ...USUAL, paths: 0, window_s: 15 },
  { ...USUAL, policies: 40, paths: 4, window_s: 60 },
  { ...USUAL, edges: 24, flows: 100, window_s: 15 },
  { ...USUAL, flows: 20 },
  // Of fewer lanes, each page that is read holds less than a unit.
  { ...USUAL, edges: 600, paths: 0, window_s: 15 },
  // The snapshot in four groups.
  { ...USUAL, edges: 160, paths: 0, window_s: 15, lanes_a_group: 40 },
];

/** Long enough for what happens every five and every ten minutes. */
export const SHAPE_MINUTES = 10;
/** A console is open afterwards: each minute of it is like the others. */
export const SHAPE_CONSOLE_MINUTES = 3;
export const REFERENCE_MINUTES = 10;

/** An open console's hour, which shows an hour of history. */
export const CONSOLE_MINUTES = 60;

/** Much larger than the others: what the model says of it is compared with what it uses. */
export const LARGE: Shape = { ...USUAL, edges: 2000, paths: 0, lanes_a_group: 500 };
export const LARGE_MINUTES = 1;
