import { type ChildProcess, fork } from 'node:child_process';
import type { Engine } from './engine.ts';
import { engineProcess } from './engine-process.ts';
import type { ListeningMessage } from './loopback-only.ts';

export interface NodeEngineOptions {
  name: string;
  /** The program's main file. */
  file: string;
  /** Its working directory. */
  cwd: string;
  env: Record<string, string>;
  /**
   * Modules that are loaded before the program, in addition to the one that restricts it to the
   * loopback.
   */
  preloads?: readonly URL[];
  /** The port of its plain HTTP server in `env`; it actually listens on a free one. */
  givenPort: number;
  /** Called with messages of its preloads, except the one about its port. */
  onMessage?: (message: unknown) => void;
  /** The signal to end it: SIGKILL for an engine that keeps no data and would end slowly. */
  endSignal?: 'SIGTERM' | 'SIGKILL';
}

/**
 * Starts an engine that is a Node program, restricted to the loopback, and waits until it listens
 * for plain HTTP. It ends with the process that started it, even if that is killed.
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
    // Ctrl-C in a terminal must reach only the process that started it, which ends the engines in
    // order.
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
