import { AsyncLocalStorage } from 'node:async_hooks';
import type { Usage } from './usage.ts';

/** A call of a function that is being measured, as what its handler does finds it. */
export interface RunningCall {
  /** The function, to see what its units are for. */
  of: string;
  usage: Usage;
  /** Requests to services that are under way: those side by side are one wait. */
  waiting: number;
  /** What was written to the two outputs. */
  log: string[];
  /** Waits of the longest call of another function, which a call waits for as long. */
  longest_waits: number;
  /** Where the call is one that sleeps in simulated time. */
  sleep?(ms: number): Promise<void>;
}

const calls = new AsyncLocalStorage<RunningCall>();

/** The call that the caller's code runs in; undefined where none is measured. */
export const runningCall = (): RunningCall | undefined => calls.getStore();

export const inCall = <Result>(call: RunningCall, work: () => Result): Result => calls.run(call, work);

/** Waits for a service in the running call. */
export async function waitFor<Result>(work: () => Promise<Result>): Promise<Result> {
  const call = runningCall();
  if (!call) return work();
  if (call.waiting++ === 0) call.usage.waits++;
  try {
    return await work();
  } finally {
    call.waiting--;
  }
}

let running: Usage | undefined;
let mark = process.cpuUsage();

/** From now on the CPU of the process is `usage`'s; undefined: of none. @returns whose it was */
export function cpuGoesTo(usage: Usage | undefined): Usage | undefined {
  const { user, system } = process.cpuUsage(mark);
  mark = process.cpuUsage();
  if (running) running.cpu_ms += (user + system) / 1000;
  const before = running;
  running = usage;
  return before;
}

/** Lines that calls write to the two outputs are kept with the call; all else is written. */
export function keepLogs(): void {
  for (const output of [process.stdout, process.stderr]) {
    const write = output.write.bind(output);
    output.write = (chunk: string | Uint8Array) => {
      const call = runningCall();
      if (!call) return write(chunk);
      call.log.push(String(chunk));
      return true;
    };
  }
}
