/**
 * Calls `run` once after `ms` milliseconds unless it is cancelled. Injected beside `Clock`, so that
 * tests own the time. The waiting call keeps the process alive, because promises may be waiting for
 * it: whoever schedules also cancels.
 */
export type Schedule = (ms: number, run: () => void) => Cancel;

export type Cancel = () => void;

export const systemSchedule: Schedule = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
