import { setTimeout as timer } from 'node:timers/promises';

/**
 * Waits so that traffic time passes `speed` times as fast as the clock; returns at once without a
 * speed, and after the stop.
 */
export function pacer(speed: number | undefined, signal: AbortSignal): (traffic_ms: number) => Promise<void> {
  let start: { traffic_ms: number; clock_ms: number } | undefined;
  return async traffic_ms => {
    if (speed === undefined) return;
    start ??= { traffic_ms, clock_ms: performance.now() };
    const due = start.clock_ms + (traffic_ms - start.traffic_ms) / speed;
    const wait = due - performance.now();
    if (wait > 0) await timer(wait, undefined, { signal }).catch(() => {});
  };
}
