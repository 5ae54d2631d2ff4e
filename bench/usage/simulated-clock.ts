/** A clock that a simulation moves. Between two moves it runs on, so that time limits hold. */
export interface SimulatedClock {
  /** Moves the clock to an instant, milliseconds since the epoch. */
  moveTo(instant: number): void;
  /** Gives the process its own clock back. */
  restore(): void;
}

/**
 * Has `Date` of the whole process follow a clock that starts at `start`: handlers read it
 * themselves.
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
