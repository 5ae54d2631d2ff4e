import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findFreePort } from './free-port.ts';

/** A running engine: where it listens, and how to end it. */
export interface Engine {
  endpoint: string;
  stop(): Promise<void>;
}

export interface DynamoDbOptions {
  /** Folder to keep the data in; without it all data is in memory. */
  dataDirectory?: string;
  /** JVM heap limit in MiB. */
  heapMiB?: number;
}

/** Starts the official DynamoDB Local from npm's `amplify-dynamodb-simulator` and waits until it answers. */
export async function startDynamoDb({ dataDirectory, heapMiB = 512 }: DynamoDbOptions = {}): Promise<Engine> {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')),
    'emulator',
  );
  const port = await findFreePort();
  const storage = dataDirectory ? ['-dbPath', dataDirectory] : ['-inMemory'];
  const child = spawn(
    'java',
    [
      `-Xmx${heapMiB}m`,
      '-Djava.library.path=DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      ...storage,
      '-sharedDb',
      '-port',
      `${port}`,
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await Promise.race([untilItAnswers(endpoint), exited.then(failedToStart)]);
  return {
    endpoint,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

async function failedToStart(code: number | null): Promise<never> {
  throw new Error(`DynamoDB Local ended with code ${code} while starting. Is Java 17 or newer installed?`);
}

async function untilItAnswers(endpoint: string): Promise<void> {
  for (;;) {
    try {
      await fetch(endpoint);
      return;
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}
