/** Calls `run` once after `ms` milliseconds unless it is cancelled. Injected beside `Clock`, so that tests own the time. */
export type Schedule = (ms: number, run: () => void) => Cancel;

export type Cancel = () => void;

/** Real time; a waiting call doesn't keep the process alive. */
export const systemSchedule: Schedule = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};
