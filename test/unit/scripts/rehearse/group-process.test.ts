import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runProgram, startProgram } from '../../../../scripts/rehearse/group-process.ts';
import { socketsOfGroup } from '../../../../scripts/rehearse/listening-sockets.ts';

const folder = mkdtempSync(join(tmpdir(), 'patronus-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = (code: string, log: string) => ({
  command: process.execPath,
  args: ['-e', code],
  env: { PATH: process.env.PATH },
  log: join(folder, log),
});

describe('a program', () => {
  it('returns its output, and keeps it in its log', async () => {
    const { signal } = new AbortController();
    const options = program("console.log('one'); console.error('two')", 'said.log');
    expect(await runProgram({ ...options, signal })).toBe('one\ntwo\n');
    expect(await runProgram({ ...options, signal })).toBe('one\ntwo\n');
    expect(readFileSync(options.log, 'utf8')).toBe('one\ntwo\none\ntwo\n');
  });

  it('that fails is an error with its last output', async () => {
    const { signal } = new AbortController();
    const options = program("console.log('no such stack'); process.exitCode = 3", 'failed.log');
    await expect(runProgram({ ...options, signal })).rejects.toThrow(
      `${process.execPath} -e ${options.args[1]} ended with 3:\nno such stack\nAll of it: ${options.log}`,
    );
  });

  it('that does not exist is an error', async () => {
    const options = { ...program('', 'none.log'), command: join(folder, 'none') };
    const { signal } = new AbortController();
    await expect(runProgram({ ...options, signal })).rejects.toThrow('ENOENT');
  });

  it('is ended with all processes that it started', async () => {
    const grandchild = "require('http').createServer().listen(0, '127.0.0.1', () => console.log('listens'))";
    const code = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`;
    const options = program(code, 'group.log');
    const group = startProgram(options);
    try {
      await vi.waitUntil(() => readFileSync(options.log, 'utf8') === 'listens\n', { timeout: 30_000 });
      expect(socketsOfGroup(group.pid)).toEqual([{ address: '127.0.0.1', port: expect.any(Number) }]);
    } finally {
      await group.end();
    }
    await vi.waitUntil(() => socketsOfGroup(group.pid).length === 0, { timeout: 30_000 });
  });
});
