import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDiskSpool } from '../../../edge/spool/disk-spool.ts';
import { memorySpool } from '../../../edge/spool/memory-spool.ts';
import { SpoolError } from '../../../edge/spool/spool.ts';
import { describeSpool, spoolEntry } from '../../support/spool-contract.ts';

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-spool-'));
  folders.push(folder);
  return folder;
}

afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))));

describeSpool('in memory', async () => memorySpool());
describeSpool('on disk', async () => openDiskSpool(join(await newFolder(), 'deep', 'edge-1')));

describe('the spool on disk', () => {
  it('has the same content after it is closed and opened again', async () => {
    const folder = await newFolder();
    const first = await openDiskSpool(folder);
    await first.write(3, spoolEntry(3));
    await first.close();
    expect(await (await openDiskSpool(folder)).list()).toEqual(new Map([[3, spoolEntry(3)]]));
  });

  it('leaves only its lock once everything is sent', async () => {
    const folder = await newFolder();
    const spool = await openDiskSpool(folder);
    await spool.write(1, spoolEntry(1));
    await spool.remove(1);
    expect(await readdir(folder)).toEqual(['lock.json', 'lock.sqlite']);
    await spool.close();
    expect(await readdir(folder)).toEqual(['lock.sqlite']);
  });

  it('ignores a file that a kill left incomplete', async () => {
    const folder = await newFolder();
    const spool = await openDiskSpool(folder);
    await spool.write(1, spoolEntry(1));
    await writeFile(join(folder, '000000000001.json.tmp'), '{"v":1,"dest');
    expect(await spool.list()).toEqual(new Map([[1, spoolEntry(1)]]));
  });

  it('sets an unreadable file aside, and reports it', async () => {
    const folder = await newFolder();
    const said: string[] = [];
    const spool = await openDiskSpool(folder, { onTrouble: message => said.push(message) });
    await spool.write(1, spoolEntry(1));
    await writeFile(join(folder, '000000000002.json'), 'no report');
    expect([...(await spool.list()).keys()]).toEqual([1]);
    expect(said).toEqual([
      `An unsent report could not be read and was set aside as 000000000002.json.unreadable in ${folder}.`,
    ]);
    expect(await readFile(join(folder, '000000000002.json.unreadable'), 'utf8')).toBe('no report');
  });

  it('rejects a second process, and names the first', async () => {
    const folder = await newFolder();
    const spool = await openDiskSpool(folder);
    await expect(openDiskSpool(folder)).rejects.toThrow(
      new SpoolError(
        `Process ${process.pid} already reports for this edge from ${folder}: stop it, or use another --edge-id or --spool.`,
      ),
    );
    await spool.close();
    await (await openDiskSpool(folder)).close();
  });

  it('takes over the lock of a process that was killed', async () => {
    const folder = await newFolder();
    const module = new URL('../../../edge/spool/disk-spool.ts', import.meta.url);
    const script = `await (await import(${JSON.stringify(module.href)})).openDiskSpool(${JSON.stringify(folder)});
      console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise(resolve => child.stdout.once('data', resolve));
    await expect(openDiskSpool(folder)).rejects.toThrow(`Process ${child.pid} already reports`);
    child.kill('SIGKILL');
    await new Promise(resolve => child.once('exit', resolve));
    await (await openDiskSpool(folder)).close();
  });

  it.skipIf(process.platform !== 'linux')(
    'takes over the lock of a process whose id now belongs to another',
    async () => {
      const folder = await newFolder();
      await writeFile(
        join(folder, 'lock'),
        JSON.stringify({ pid: process.pid, started: 'an earlier boot/12', id: 'x' }),
      );
      await (await openDiskSpool(folder)).close();
    },
  );

  it('takes over an empty lock', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock'), '');
    await (await openDiskSpool(folder)).close();
  });

  it('gives a stale lock to exactly one of many processes', async () => {
    const folder = await newFolder();
    const gone = spawnSync(process.execPath, ['--eval', '']).pid;
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: gone, started: null, id: 'x' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => openDiskSpool(folder)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() === 0)('says what to do if the folder cannot be written', async () => {
    const folder = await newFolder();
    await chmod(folder, 0o500);
    await expect(openDiskSpool(folder)).rejects.toThrow(
      new SpoolError(
        `The folder ${folder} for unsent reports can't be used (EACCES): free space or correct its permissions, or use another one with --spool.`,
      ),
    );
  });

  it('says what to do if there is a file in place of the folder', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    await expect(openDiskSpool(file)).rejects.toThrow(
      new SpoolError(
        `The folder ${file} for unsent reports can't be used (EEXIST): free space or correct its permissions, or use another one with --spool.`,
      ),
    );
  });
});
