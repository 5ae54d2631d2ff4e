import { type ChildProcess, spawn } from 'node:child_process';
import { projectFile } from './project-files.ts';

const MAIN = projectFile('edge/main.ts');

export interface EdgeRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningEdge {
  child: ChildProcess;
  ended: Promise<EdgeRun>;
}

interface RunOptions {
  input?: Buffer | string;
  cwd?: string;
  env?: Record<string, string>;
  /** The file of the program; the edge program by default. */
  program?: string;
}

/** Starts the edge program as `npm run edge -- …` does. */
export function startEdge(
  args: readonly string[],
  { input, cwd, env = {}, program = MAIN }: RunOptions = {},
): RunningEdge {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, ...(cwd && { INIT_CWD: cwd }) },
  });
  const ended = new Promise<EdgeRun>(resolve => {
    const output = { stdout: '', stderr: '' };
    child.stdout!.on('data', chunk => {
      output.stdout += chunk;
    });
    child.stderr!.on('data', chunk => {
      output.stderr += chunk;
    });
    child.once('close', code => resolve({ code, ...output }));
  });
  // The program may end before it has read everything.
  child.stdin!.on('error', () => {});
  if (input !== undefined) child.stdin!.end(input);
  return { child, ended };
}

/** Runs the edge program to its end. */
export function runEdge(...args: Parameters<typeof startEdge>): Promise<EdgeRun> {
  const [argv, options = {}] = args;
  return startEdge(argv, { input: '', ...options }).ended;
}
