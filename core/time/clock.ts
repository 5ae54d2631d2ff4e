/**
 * Milliseconds since the Unix epoch, UTC. Injected wherever time matters, so that tests control it.
 */
export type Clock = () => number;

/** Waits `ms` milliseconds. Injected like `Clock`, so that back-off costs tests no time. */
export type Sleep = (ms: number) => Promise<void>;

export const systemClock: Clock = () => Date.now();

export const systemSleep: Sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
