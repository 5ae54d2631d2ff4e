import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileCheckpoints, SHARD_END } from '../../../local/event-sources/checkpoints.ts';
import { openQueue } from '../../../local/queues/queue.ts';
import { shortName } from '../../../local/resources/physical-name.ts';
import { startServer } from '../../../local/system/server.ts';
import { takeFolder } from '../../../local/system/take-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the lock of a folder', () => {
  it('keeps a second system out, names the process that holds it, and is released afterwards', async () => {
    const place = join(folder, 'locked');
    const release = await takeFolder(place, '--data');
    await expect(takeFolder(place, '--data')).rejects.toMatchObject({
      name: 'StartError',
      message: `A system already runs in the folder ${place} (process ${process.pid}): use it, or stop it with Ctrl-C or kill ${process.pid} and start again.`,
    });
    release();
    (await takeFolder(place, '--data'))();
  });

  it.each([
    ['that has ended', '99999999\n'],
    ['whose id now belongs to another', `${process.ppid}\n`],
  ])('is taken over from a process of an earlier release %s', async (_, content) => {
    await writeFile(join(folder, 'lock'), content);
    const release = await takeFolder(folder, '--data');
    expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  it('does not suggest a command that would end another process if the holder is in another container', async () => {
    const place = join(folder, 'shared');
    const release = await takeFolder(place, '--data');
    await writeFile(
      join(place, 'lock.json'),
      JSON.stringify({ pid: 1, host: 'elsewhere', pid_namespace: 'x' }),
    );
    await expect(takeFolder(place, '--data')).rejects.toMatchObject({
      name: 'StartError',
      message: `A system already runs in the folder ${place} (process 1 on elsewhere, in another container): use it, or stop it where it runs and start again.`,
    });
    release();
  });
});

describe('the server', () => {
  it('reports the port that is in use and a free one', async () => {
    const first = await startServer(0);
    const port = Number(new URL(first.address).port);
    await expect(startServer(port)).rejects.toMatchObject({
      name: 'StartError',
      message: `Port ${port} is in use by another program: stop it, or choose another port with npm start -- --port ${port + 1}.`,
    });
    await first.close();
  });

  it('is healthy once everything is ready', async () => {
    const server = await startServer(0);
    const health = async () => {
      const response = await fetch(`${server.address}/healthz`);
      return [response.status, await response.text()];
    };
    expect(await health()).toEqual([503, 'starting\n']);
    expect((await fetch(`${server.address}/graphql`, { method: 'POST' })).status).toBe(503);
    server.setReady();
    expect(await health()).toEqual([200, 'ready\n']);
    await server.close();
  });
});

describe('data that is stored between runs', () => {
  it('includes checkpoints', async () => {
    const file = join(folder, 'kept', 'source.json');
    const first = await fileCheckpoints(file);
    await Promise.all([first.set('one', '1'), first.set('two', '5'), first.set('one', SHARD_END)]);
    const second = await fileCheckpoints(file);
    expect([second.get('one'), second.get('two'), second.get('three')]).toEqual([SHARD_END, '5', undefined]);
  });

  it('includes the messages of queues', async () => {
    const file = join(folder, 'queues', 'failed.jsonl');
    const told: unknown[] = [];
    const first = await openQueue({
      name: 'failed',
      file,
      onMessage: (name, body) => told.push([name, body]),
    });
    await first.send({ text: 'one\nline' });
    await first.send({ text: 'two' });
    expect(told).toEqual([
      ['failed', { text: 'one\nline' }],
      ['failed', { text: 'two' }],
    ]);
    expect((await openQueue({ name: 'failed', file })).messages()).toEqual([
      { text: 'one\nline' },
      { text: 'two' },
    ]);
  });

  it('includes the messages of a queue whose last line a kill truncated', async () => {
    const file = join(folder, 'queues', 'cut.jsonl');
    await appendFile(file, '{"text":"one"}\n{"te');
    const again = await openQueue({ name: 'cut', file });
    expect(again.messages()).toEqual([{ text: 'one' }]);
    await again.send({ text: 'two' });
    expect((await openQueue({ name: 'cut', file })).messages()).toEqual([{ text: 'one' }, { text: 'two' }]);
  });
});

it.each([
  ['Ingest4069586C', 'ingest'],
  ['ApiFunctionCE271BD4', 'api'],
  ['CleanupFailedD80CDE33', 'cleanupfailed'],
  ['Function12345678', 'function'],
])('%s is called %s', (logicalId, name) => {
  expect(shortName(logicalId)).toBe(name);
});
