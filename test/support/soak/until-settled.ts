import { setTimeout as wait } from 'node:timers/promises';
import type { LiveApi } from './live-api.ts';

/** How long the last reports may take to be counted, and what was cut off to be finished. */
const SETTLE_MS = 300_000;
const LOOK_EVERY_MS = 500;

/**
 * Returns when all that the edges counted is shown, and nothing is under way; or after some
 * minutes. A reset that was killed is shown as running until clean-up removes it, though nothing
 * of it counts.
 */
export async function untilSettled(api: LiveApi, bytes: bigint): Promise<void> {
  const limit = performance.now() + SETTLE_MS;
  for (;;) {
    const { trafficTotals, operations } = await api.query<{
      trafficTotals: { bytes_exact: string };
      operations: { kind: string; finished: boolean }[];
    }>('{ trafficTotals { bytes_exact } operations { kind finished } }');
    const isCounted = BigInt(trafficTotals.bytes_exact) === bytes;
    // After the limit the checks say what is missing.
    const isQuiet = operations.every(({ kind, finished }) => finished || kind === 'RESET');
    if ((isCounted && isQuiet) || performance.now() > limit) return;
    await wait(LOOK_EVERY_MS);
  }
}
