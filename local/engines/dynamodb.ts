import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from './engine.ts';
import { engineProcess } from './engine-process.ts';
import { checkJava } from './java.ts';

export interface DynamoDbOptions {
  /** Existing folder for the data; without it, all data is in memory. */
  dataDirectory?: string;
  /** JVM heap limit in MiB. */
  heapMiB?: number;
}

/**
 * Starts the official DynamoDB Local from npm's `amplify-dynamodb-simulator` on the loopback and
 * waits until it answers. It ends with the process that started it, even if that is killed.
 * @throws JavaMissing without a suitable Java
 */
export async function startDynamoDb({ dataDirectory, heapMiB = 512 }: DynamoDbOptions = {}): Promise<Engine> {
  await checkJava();
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')),
    'emulator',
  );
  const child = spawn(
    'java',
    [
      `-Xmx${heapMiB}m`,
      // A concurrent garbage collector costs more than the pauses that it avoids.
      '-XX:+UseSerialGC',
      '-Djava.library.path=DynamoDBLocal_lib',
      '-Dorg.eclipse.jetty.LEVEL=WARN',
      '-Dorg.eclipse.jetty.util.log.announce=false',
      ...(dataDirectory ? ['-Dpatronus.in-memory=false', `-Dpatronus.data=${dataDirectory}`] : []),
      ...['-cp', 'DynamoDBLocal.jar', 'org.eclipse.jetty.xml.XmlConfiguration'],
      fileURLToPath(new URL('dynamodb.xml', import.meta.url)),
    ],
    {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
      // Ctrl-C in a terminal must reach only the process that started it, which ends the engines in
      // order.
      detached: true,
    },
  );
  child.stdin.on('error', () => {});
  return engineProcess({
    name: 'DynamoDB Local',
    child,
    untilReady: printedPort(child),
    askToEnd: () => child.stdin.end(),
  });
}

function printedPort({ stdout }: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    let text = '';
    stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /^(\d+)(?:\.0)?\r?\n/m.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
