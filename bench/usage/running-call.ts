import { AsyncLocalStorage } from 'node:async_hooks';
import type { Usage } from './usage.ts';

/** The measured call of a function in which the current code runs. */
export interface RunningCall {
  /** The function, to assign its units. */
  of: string;
  usage: Usage;
  /** Running requests to services; concurrent ones are one wait. */
  waiting: number;
  /** Text written to the two outputs. */
  log: string[];
  /** Waits of the longest call of another function that this call waits for. */
  longest_waits: number;
  /** Set if the call sleeps in simulated time. */
  sleep?(ms: number): Promise<void>;
}

const calls = new AsyncLocalStorage<RunningCall>();

/** The call that the current code runs in; undefined if none is measured. */
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

/**
 * From now on the process's CPU time counts for `usage`; undefined: for none. @returns the previous
 * one
 */
export function cpuGoesTo(usage: Usage | undefined): Usage | undefined {
  const { user, system } = process.cpuUsage(mark);
  mark = process.cpuUsage();
  if (running) running.cpu_ms += (user + system) / 1000;
  const before = running;
  running = usage;
  return before;
}

/** Lines that calls write to the two outputs are stored with the call; other output is written. */
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
