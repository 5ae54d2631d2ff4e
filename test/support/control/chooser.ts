import type { Choose } from './control-state.ts';

/** Chooses by given numbers, one after another. */
export function chooser(picks: readonly number[]): Choose {
  const left = [...picks];
  return of => (of.length === 0 ? undefined : of[(left.shift() ?? 0) % of.length]);
}
