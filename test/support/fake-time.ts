import type { Clock } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';

export interface FakeTime {
  clock: Clock;
  schedule: Schedule;
  /** Advances time, runs due calls in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Sets the clock without running anything, like an operator or a time server. */
  set(ms: number): void;
  /** Calls that are still waiting. */
  readonly waiting: number;
}

interface Waiting {
  at: number;
  run: () => void;
}

export function fakeTime(start = Date.UTC(2026, 0, 31, 12)): FakeTime {
  let now = start;
  const waiting = new Set<Waiting>();
  const settle = () => new Promise<void>(resolve => setImmediate(resolve));
  const next = (until: number) =>
    [...waiting].filter(call => call.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    clock: () => now,
    schedule(ms, run) {
      const call = { at: now + ms, run };
      waiting.add(call);
      return () => waiting.delete(call);
    },
    async advance(ms) {
      const until = now + ms;
      for (let call = next(until); call; call = next(until)) {
        waiting.delete(call);
        now = Math.max(now, call.at);
        call.run();
        await settle();
      }
      now = until;
      await settle();
    },
    set(ms) {
      now = ms;
    },
    get waiting() {
      return waiting.size;
    },
  };
}
