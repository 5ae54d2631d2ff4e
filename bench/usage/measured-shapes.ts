import type { Shape } from './fleet.ts';

const USUAL: Shape = { edges: 40, policies: 20, paths: 2, flows: 0, interval_s: 60, window_s: 5 };

/** The network for comparing releases. */
export const REFERENCE: Shape = { ...USUAL, edges: 200 };

/** Shapes that differ in one or two figures, so that the cost of each figure can be computed. */
export const SHAPES: readonly Shape[] = [
  USUAL,
  { ...USUAL, window_s: 60 },
  { ...USUAL, edges: 16, window_s: 15 },
  { ...USUAL, policies: 4, window_s: 15 },
  { ...USUAL, paths: 0, window_s: 15 },
  { ...USUAL, policies: 40, paths: 4, window_s: 60 },
  { ...USUAL, edges: 24, flows: 100, window_s: 15 },
  { ...USUAL, flows: 20 },
  // With fewer lanes each page would have less than a unit.
  { ...USUAL, edges: 600, paths: 0, window_s: 15 },
  // The snapshot in four groups.
  { ...USUAL, edges: 160, paths: 0, window_s: 15, lanes_a_group: 40 },
];

/** Long enough for work that happens every five and every ten minutes. */
export const SHAPE_MINUTES = 10;
/** Minutes with an open console afterwards; each minute is like the others. */
export const SHAPE_CONSOLE_MINUTES = 3;
export const REFERENCE_MINUTES = 10;

/** An open console's hour, which shows an hour of history. */
export const CONSOLE_MINUTES = 60;

/** Much larger than the others: the model's estimate is compared with its real use. */
export const LARGE: Shape = { ...USUAL, edges: 2000, paths: 0, lanes_a_group: 500 };
export const LARGE_MINUTES = 1;
