import { runningCall } from './running-call.ts';

/** Waits in simulated time where the running call does so, as the system does elsewhere. */
export const systemSleep = (ms: number): Promise<void> =>
  runningCall()?.sleep?.(ms) ?? new Promise(resolve => setTimeout(resolve, ms));
