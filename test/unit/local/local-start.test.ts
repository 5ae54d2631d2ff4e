import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileCheckpoints, SHARD_END } from '../../../local/event-sources/checkpoints.ts';
import { lockFolder } from '../../../local/folder-lock.ts';
import { shortName } from '../../../local/provision/short-name.ts';
import { openQueue } from '../../../local/queues/queue.ts';
import { startServer } from '../../../local/server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the lock of a folder', () => {
  it('keeps a second system out, says which process has it, and is gone afterwards', async () => {
    const place = join(folder, 'locked');
    const release = await lockFolder(place);
    await expect(lockFolder(place)).rejects.toMatchObject({
      name: 'StartError',
      message: `A system already runs in the folder ${place} (process ${process.pid}): use it, or end it with Ctrl-C or kill ${process.pid} and start again.`,
    });
    release();
    (await lockFolder(place))();
  });

  it('is taken over from a process that is gone', async () => {
    await writeFile(join(folder, 'lock'), '99999999\n');
    const release = await lockFolder(folder);
    expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
    release();
  });

  it('is taken over when its process id belongs to somebody else by now', async () => {
    const file = join(folder, 'lock');
    await writeFile(file, `${process.ppid}\n`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(file, longAgo, longAgo);
    (await lockFolder(folder))();
  });
});

describe('the server', () => {
  it('says which port is taken and which to take instead', async () => {
    const first = await startServer(0);
    const port = Number(new URL(first.address).port);
    await expect(startServer(port)).rejects.toMatchObject({
      name: 'StartError',
      message: `Port ${port} is taken by another program: end that, or choose another port with npm start -- --port ${port + 1}.`,
    });
    await first.close();
  });

  it('is healthy when all is ready and not before', async () => {
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

describe('what is kept between runs', () => {
  it('are checkpoints', async () => {
    const file = join(folder, 'kept', 'source.json');
    const first = await fileCheckpoints(file);
    await Promise.all([first.set('one', '1'), first.set('two', '5'), first.set('one', SHARD_END)]);
    const second = await fileCheckpoints(file);
    expect([second.get('one'), second.get('two'), second.get('three')]).toEqual([SHARD_END, '5', undefined]);
  });

  it('are the messages of queues', async () => {
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
});

it.each([
  ['Ingest4069586C', 'ingest'],
  ['ApiFunctionCE271BD4', 'api'],
  ['CleanupFailedD80CDE33', 'cleanupfailed'],
  ['Function12345678', 'function'],
])('%s is called %s', (logicalId, name) => {
  expect(shortName(logicalId)).toBe(name);
});
