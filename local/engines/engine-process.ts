import type { ChildProcess } from 'node:child_process';
import type { Engine, EngineEnd } from './engine.ts';

/** Time for an engine to end before it is killed, milliseconds. */
const GRACE_MS = 10_000;
/** Time limit for the start of an engine, milliseconds; far more than any machine needs. */
const START_LIMIT_MS = 60_000;
const KEPT_OUTPUT_CHARACTERS = 2000;

export interface EngineProcessOptions {
  name: string;
  child: ChildProcess;
  /** Resolves with the port once the engine listens on it. */
  untilReady: Promise<number>;
  /** Asks the process to end; it is killed after 10 s. */
  askToEnd: () => void;
}

/**
 * Wraps a child process as an {@link Engine} once it is ready.
 * @throws Error with the last output of a process that ended before it was ready, or was not ready
 * after 60 s
 */
export async function engineProcess(options: EngineProcessOptions): Promise<Engine> {
  const { name, child, untilReady, askToEnd } = options;
  const lastWords = keepLastWords(child);
  let stopped = false;
  const ended = new Promise<EngineEnd>(resolve => {
    child.once('error', cause =>
      resolve({ stopped, reason: `${name} could not be started: ${cause.message}` }),
    );
    child.once('exit', (code, signal) =>
      resolve({ stopped, reason: `${name} ended (${signal ?? `code ${code}`}). ${lastWords()}`.trimEnd() }),
    );
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  const port = await Promise.race([untilReady, ended.then(fail)]);
  clearTimeout(limit);
  return {
    name,
    endpoint: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    ended,
    async stop() {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      askToEnd();
      await ended;
      clearTimeout(killer);
    },
  };
}

function fail({ reason }: EngineEnd): never {
  throw new Error(`${reason} (while it started)`);
}

function keepLastWords(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
  };
  child.stderr?.on('data', keep);
  child.stdout?.on('data', keep);
  return () => text.trim();
}
