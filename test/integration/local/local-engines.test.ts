import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { engineProcess } from '../../../local/engines/engine-process.ts';
import { checkJava } from '../../../local/engines/java.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-engines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A command that answers `-version` like Java. */
async function fakeJava(name: string, version: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\necho 'openjdk version "${version}" 2025-01-01' >&2\n`);
  await chmod(file, 0o755);
  return file;
}

const ADVICE =
  'DynamoDB Local needs Java 17 or newer: install it (Debian: apt install openjdk-17-jre-headless, macOS: brew install openjdk) and start again.';

describe('Java', () => {
  it.each(['17.0.15', '21', '25-ea'])('is accepted as %s', async version => {
    await expect(checkJava(await fakeJava(`java-${version}`, version))).resolves.toBeUndefined();
  });

  it.each([
    ['1.8.0_292', 8],
    ['11.0.2', 11],
  ])('is rejected as too old: %s', async (version, major) => {
    await expect(checkJava(await fakeJava(`java-${version}`, version))).rejects.toMatchObject({
      name: 'JavaMissing',
      message: `The installed Java has version ${major}. ${ADVICE}`,
    });
  });

  it('is reported if it is missing', async () => {
    await expect(checkJava(join(folder, 'no-java'))).rejects.toMatchObject({
      name: 'JavaMissing',
      message: `Java was not found. ${ADVICE}`,
    });
  });
});

describe('an engine that ends during its start', () => {
  it('is reported with its last output', async () => {
    const child = spawn(process.execPath, ['-e', 'console.error("no licence"); process.exit(2)'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = engineProcess({
      name: 'Some engine',
      child,
      untilReady: new Promise(() => {}),
      askToEnd: () => {},
    });
    await expect(started).rejects.toThrow(
      new Error('Some engine ended (code 2). no licence (while it started)'),
    );
  });
});

describe('the engines', () => {
  let parent: ChildProcess | undefined;
  afterEach(() => parent?.kill('SIGKILL'));

  interface Started {
    endpoints: string[];
    pids: number[];
  }

  /** Starts all three in their own process, which prints their addresses. */
  async function startInChild(): Promise<Started> {
    const engines = new URL('../../../local/engines/engines.ts', import.meta.url).href;
    const program = `
      const { startEngines } = await import(${JSON.stringify(engines)});
      const { dynamodb, kinesis, cognito } = await startEngines({ scratchDirectory: ${JSON.stringify(folder)} });
      const all = [dynamodb, kinesis, cognito];
      console.log(JSON.stringify({ endpoints: all.map(e => e.endpoint), pids: all.map(e => e.pid) }));`;
    parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: parent.stdout! })) return JSON.parse(line) as Started;
    return expect.fail('the engines did not start');
  }

  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('answer only on the loopback, and end with the process that started them, in any way', async () => {
    const { endpoints, pids } = await startInChild();
    for (const endpoint of endpoints) {
      expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(endpoint)).status).toBeGreaterThan(0);
    }
    const outside = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      for (const endpoint of endpoints) {
        await expect(fetch(`http://${address}:${new URL(endpoint).port}`)).rejects.toThrow('fetch failed');
      }
    }
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    parent!.kill('SIGKILL');
    await expect.poll(() => pids.map(isAlive), { timeout: 20_000 }).toEqual([false, false, false]);
  });
});
