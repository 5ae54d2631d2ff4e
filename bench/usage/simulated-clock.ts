/**
 * A clock that a simulation sets. Between two settings it runs normally, so that time limits work.
 */
export interface SimulatedClock {
  /** Moves the clock to an instant, milliseconds since the epoch. */
  moveTo(instant: number): void;
  /** Restores the clock of the process. */
  restore(): void;
}

/**
 * Replaces `Date` in the whole process by a clock that starts at `start`, because handlers read it
 * directly.
 */
export function simulateClock(start: number): SimulatedClock {
  const RealDate = globalThis.Date;
  let base = start;
  let movedAt = performance.now();
  const now = (): number => Math.floor(base + performance.now() - movedAt);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
  return {
    moveTo(instant) {
      base = instant;
      movedAt = performance.now();
    },
    restore() {
      globalThis.Date = RealDate;
    },
  };
}
