import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const TOOL_MS = 20_000;
const POLL_MS = 50;

/** Runs a tool to its end and returns its output. */
export function runTool(program: string, args: readonly string[]): { stdout: string; stderr: string } {
  const { stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: TOOL_MS,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, TZ: 'UTC' },
  });
  if (error) throw error;
  return { stdout, stderr };
}

export function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

/** A tool that runs in the background. */
export interface RunningTool {
  child: ChildProcess;
  output(): string;
  /** Ends it and waits for that. */
  stop(): Promise<void>;
}

export function startTool(program: string, args: readonly string[]): RunningTool {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout!.on('data', chunk => {
    output += chunk;
  });
  const ended = new Promise<void>(resolve => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), 3 * TOOL_MS);
  return {
    child,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      clearTimeout(deadline);
    },
  };
}

/** Waits for a condition. @throws Error when it isn't met in time */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + TOOL_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what} did not happen within ${TOOL_MS / 1000} s.`);
    await pause(POLL_MS);
  }
}

/** A UDP port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>(resolve => socket.close(() => resolve()));
  return port;
}

/** Whether a program listens on a UDP port, and has read all received data. */
export function portState(port: number): 'closed' | 'waiting' | 'read' {
  const name = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/udp', 'utf8').split('\n');
  const sockets = lines.map(line => line.trim().split(/ +/)).filter(([, local]) => local?.endsWith(name));
  if (sockets.length === 0) return 'closed';
  return sockets.every(([, , , , queues]) => queues?.endsWith(':00000000')) ? 'read' : 'waiting';
}
