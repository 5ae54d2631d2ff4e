import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FolderInUse, FolderLockError, lockFolder } from '../../../core/folder-lock.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-lock-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))));

/** Prints "locked", or the message of the error, and stays until its input ends. */
const HOLDER = `
  const { lockFolder } = await import(${JSON.stringify(new URL('../../../core/folder-lock.ts', import.meta.url).href)});
  try { await lockFolder(process.argv[1]); console.log('locked'); } catch (cause) { console.log(cause.message); }
  process.stdin.on('end', () => process.exit()).resume();`;

interface OtherProcess {
  child: ChildProcess;
  /** Its output about the lock. */
  answer: string;
  errors(): string;
  end(): Promise<void>;
  kill(): Promise<void>;
}

/** Another process that tries to take the folder; `wrapper` is a command that runs it. */
async function otherProcess(folder: string, wrapper: string[] = []): Promise<OtherProcess> {
  const [command, ...args] = [...wrapper, process.execPath, '--input-type=module', '--eval', HOLDER, folder];
  const child = spawn(command!, args, { stdio: 'pipe' });
  children.push(child);
  let errors = '';
  child.stderr.on('data', chunk => {
    errors += chunk;
  });
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const [answer] = await new Promise<string[]>(resolve => {
    createInterface(child.stdout).once('line', line => resolve([line]));
    void gone.then(() => resolve([`it ended: ${errors}`]));
  });
  return {
    child,
    answer: answer!,
    errors: () => errors,
    async end() {
      child.stdin.end();
      await gone;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const inUseBy = (folder: string, heldBy: string) => `The folder ${folder} is in use by ${heldBy}.`;

const canUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

describe('the lock of a folder', () => {
  it('rejects a second use in the same process, and is free after its release', async () => {
    const folder = await newFolder();
    const release = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toEqual(
      expect.objectContaining({
        name: 'FolderInUse',
        message: inUseBy(folder, `process ${process.pid}`),
        heldBy: `process ${process.pid}`,
        pid: process.pid,
      }),
    );
    release();
    release();
    const again = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUse);
    again();
  });

  it('rejects another process and names this one, without any other output', async () => {
    const folder = await newFolder();
    const release = await lockFolder(folder);
    const other = await otherProcess(folder);
    await other.end();
    expect([other.answer, other.errors()]).toEqual([inUseBy(folder, `process ${process.pid}`), '']);
    release();
  });

  it('is free at once after its holder was killed', async () => {
    const folder = await newFolder();
    const other = await otherProcess(folder);
    expect(other.answer).toBe('locked');
    await expect(lockFolder(folder)).rejects.toThrow(inUseBy(folder, `process ${other.child.pid}`));
    await other.kill();
    (await lockFolder(folder))();
  });

  it('is free after its holder has ended without a release', async () => {
    const folder = await newFolder();
    await (await otherProcess(folder)).end();
    (await lockFolder(folder))();
  });

  it('is held by exactly one of several processes that start together', async () => {
    const folder = await newFolder();
    const others = await Promise.all(Array.from({ length: 6 }, () => otherProcess(folder)));
    const answers = others.map(({ answer }) => answer);
    expect(answers.filter(answer => answer === 'locked')).toHaveLength(1);
    expect(answers.filter(answer => answer.startsWith(`The folder ${folder} is in use by `))).toHaveLength(5);
  });

  it.skipIf(!canUnshare)(
    `holds between PID namespaces, as of two containers${canUnshare ? '' : ' (skipped: unshare is not allowed here)'}`,
    async () => {
      const folder = await newFolder();
      const namespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
      const first = await otherProcess(folder, namespace);
      expect(first.answer).toBe('locked');
      // Its id there is 1: neither namespace may take it for one of its own processes.
      const message = inUseBy(folder, `process 1 on ${hostname()}, in another container`);
      const second = await otherProcess(folder, namespace);
      expect(second.answer).toBe(message);
      await second.kill();
      await expect(lockFolder(folder)).rejects.toMatchObject({ message, pid: undefined });
      await first.end();
      (await lockFolder(folder))();
    },
  );

  it('ignores the remains of earlier locks and holders', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, started: null, id: 'x' }));
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: process.ppid, host: 'x' }));
    const release = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['lock.json', 'lock.sqlite']);
    expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    release();
    expect(await readdir(folder)).toEqual(['lock.sqlite']);
  });

  it('reports another process as the holder if the holder is not recorded', async () => {
    const folder = await newFolder();
    const release = await lockFolder(folder);
    await writeFile(join(folder, 'lock.json'), '{"pid":');
    await expect(lockFolder(folder)).rejects.toMatchObject({
      message: inUseBy(folder, 'another process'),
      pid: undefined,
    });
    release();
  });

  it('reports a file that is not a database', async () => {
    const folder = await newFolder();
    await writeFile(
      join(folder, 'lock.sqlite'),
      'something else, which is long enough to be a header '.repeat(4),
    );
    await expect(lockFolder(folder)).rejects.toEqual(
      expect.objectContaining({
        name: 'FolderLockError',
        message: `The folder ${folder} can't be locked with its file lock.sqlite: file is not a database.`,
      }),
    );
    expect(new FolderInUse(folder, undefined)).toBeInstanceOf(FolderLockError);
  });

  it('needs an existing folder', async () => {
    await expect(lockFolder(join(await newFolder(), 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
