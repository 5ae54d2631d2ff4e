/**
 * Calls `run` once after `ms` milliseconds unless it is cancelled. Injected like `Clock`, so that
 * tests control the time. The timer keeps the process alive, because promises may wait for it: the
 * caller must cancel it.
 */
export type Schedule = (ms: number, run: () => void) => Cancel;

export type Cancel = () => void;

export const systemSchedule: Schedule = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
