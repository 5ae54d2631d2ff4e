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
}

/**
 * Starts an engine that is a Node program, held to the loopback, and waits until it listens for plain HTTP.
 * It ends with the process that started it, even when that is killed.
 */
export function startNodeEngine({ name, file, cwd, env }: NodeEngineOptions): Promise<Engine> {
  const child = fork(file, [], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    execArgv: ['--import', new URL('loopback-only.ts', import.meta.url).href],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return engineProcess({
    name,
    child,
    untilReady: plainPort(child),
    askToEnd: () => child.kill('SIGTERM'),
  });
}

function plainPort(child: ChildProcess): Promise<number> {
  return new Promise(resolve =>
    child.on('message', message => {
      const { listening, tls } = message as ListeningMessage;
      if (!tls) resolve(listening);
    }),
  );
}
