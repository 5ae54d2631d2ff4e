import { type ChildProcess, fork } from 'node:child_process';
import type { Engine } from './engine.ts';
import { engineProcess } from './engine-process.ts';
import type { ListeningMessage } from './loopback-only.ts';

export interface NodeEngineOptions {
  name: string;
  /** The program's main file. */
  file: string;
  /** Folder that it runs in. */
  cwd: string;
  env: Record<string, string>;
  /** Modules that are loaded before the program, beside the one that holds it to the loopback. */
  preloads?: readonly URL[];
  /** The port that `env` gives its plain HTTP server; it really listens on a free one. */
  givenPort: number;
  /** Gets what its preloads send, apart from where it listens. */
  onMessage?: (message: unknown) => void;
  /** How to end it: SIGKILL for an engine that keeps nothing and takes its time otherwise. */
  endSignal?: 'SIGTERM' | 'SIGKILL';
}

/**
 * Starts an engine that is a Node program, held to the loopback, and waits until it listens for
 * plain HTTP. It ends with the process that started it, even when that is killed.
 */
export function startNodeEngine({
  name,
  file,
  cwd,
  env,
  givenPort,
  preloads = [],
  onMessage = () => {},
  endSignal = 'SIGTERM',
}: NodeEngineOptions): Promise<Engine> {
  const child = fork(file, [], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    execArgv: [new URL('loopback-only.ts', import.meta.url), ...preloads].flatMap(({ href }) => [
      '--import',
      href,
    ]),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C in a terminal is for the process that started it, which ends the engines in order.
    detached: true,
  });
  child.on('message', onMessage);
  return engineProcess({
    name,
    child,
    untilReady: portOf(givenPort, child),
    askToEnd: () => child.kill(endSignal),
  });
}

function portOf(givenPort: number, child: ChildProcess): Promise<number> {
  return new Promise(resolve =>
    child.on('message', message => {
      const { given, port } = message as ListeningMessage;
      if (given === givenPort) resolve(port);
    }),
  );
}
