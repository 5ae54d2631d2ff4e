import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { EdgeError } from '../../edge/edge-error.ts';

export interface ProgramOptions {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Log file of its output. */
  log: string;
}

/** A program and its child processes: a separate process group, which is ended as a whole. */
export interface GroupProcess {
  /** The id of the group. */
  pid: number;
  /** Resolves with the exit code (null: a signal) when the program itself has ended. */
  ended: Promise<number | null>;
  /** Ends the whole group: it may clean up for some time, and is then killed. */
  end(): Promise<void>;
}

/** The time for a group to clean up. */
const PATIENCE_MS = 5_000;

export function startProgram({ command, args, env, cwd, log }: ProgramOptions): GroupProcess {
  const file = openSync(log, 'a');
  const child = spawn(command, args, {
    env,
    detached: true,
    stdio: ['ignore', file, file],
    ...(cwd !== undefined && { cwd }),
  });
  closeSync(file);
  const ended = endOf(child);
  // The waiter for its end gets the error of a program that can't be started.
  ended.catch(() => {});
  const { pid } = child;
  return {
    pid: pid ?? 0,
    ended,
    async end() {
      if (pid === undefined) return;
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), PATIENCE_MS);
      await ended.catch(() => {});
      clearTimeout(timer);
      // Processes that the program has left.
      signalGroup(pid, 'SIGKILL');
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

/**
 * Runs a program to its end, or until `signal` is aborted, and returns its output.
 * @throws EdgeError with the end of its output when the exit code is not 0
 */
export async function runProgram(options: ProgramOptions & { signal: AbortSignal }): Promise<string> {
  const { signal, command, args, log } = options;
  const before = sizeOf(log);
  const program = startProgram(options);
  const abort = () => void program.end();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const code = await program.ended;
    const said = readFileSync(log).subarray(before).toString();
    if (code === 0) return said;
    const end = said.trim().split('\n').slice(-15).join('\n');
    throw new EdgeError(
      `${[command, ...args].join(' ')} ended with ${code ?? 'a signal'}:\n${end}\nAll of it: ${log}`,
    );
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function sizeOf(file: string): number {
  try {
    return readFileSync(file).length;
  } catch {
    return 0;
  }
}
