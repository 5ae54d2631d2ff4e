import { runningCall } from './running-call.ts';

/** Waits in simulated time if the running call does, otherwise like the system. */
export const systemSleep = (ms: number): Promise<void> =>
  runningCall()?.sleep?.(ms) ?? new Promise(resolve => setTimeout(resolve, ms));
