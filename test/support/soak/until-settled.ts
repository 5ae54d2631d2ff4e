import { setTimeout as wait } from 'node:timers/promises';
import type { LiveApi } from './live-api.ts';

/** The time for the last reports to be counted, and for interrupted operations to be finished. */
const SETTLE_MS = 300_000;
const LOOK_EVERY_MS = 500;

/**
 * Returns when all counts of the edges are visible, and no operation is running; or after some
 * minutes. A killed reset is shown as running until clean-up removes it, although nothing of it
 * counts.
 */
export async function untilSettled(api: LiveApi, bytes: bigint): Promise<void> {
  const limit = performance.now() + SETTLE_MS;
  for (;;) {
    const { trafficTotals, operations } = await api.query<{
      trafficTotals: { bytes_exact: string };
      operations: { kind: string; finished: boolean }[];
    }>('{ trafficTotals { bytes_exact } operations { kind finished } }');
    const isCounted = BigInt(trafficTotals.bytes_exact) === bytes;
    // After the limit the checks name what is missing.
    const isQuiet = operations.every(({ kind, finished }) => finished || kind === 'RESET');
    if ((isCounted && isQuiet) || performance.now() > limit) return;
    await wait(LOOK_EVERY_MS);
  }
}
