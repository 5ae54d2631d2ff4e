import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyObjectOf, readPublicKey, thumbprint } from '../../../core/report/public-key.ts';
import { isSignedBy, readSignedRecord } from '../../../core/report/signed-record.ts';
import { edgeSigner, openEdgeKey, openNextEdgeKey, switchEdgeKey } from '../../../edge/spool/edge-key.ts';
import { spoolFolder } from '../../../edge/spool/spool-folder.ts';
import { runEdge } from '../../support/run-edge.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-key-'));
});
afterEach(() => rm(folder, { recursive: true }));

const rights = async (name: string) => (await stat(join(folder, name))).mode & 0o777;

describe("an edge's key", () => {
  it('is generated once, readable by its owner only, and stays the same', async () => {
    const made = await openEdgeKey(folder);
    expect(await readdir(folder)).toEqual(['key.json']);
    expect(await rights('key.json')).toBe(0o600);
    expect(made.kid).toBe(await thumbprint(made.x));
    expect(await openEdgeKey(folder)).toMatchObject({ kid: made.kid, x: made.x });
  });

  it('is the same for many processes that need it at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => openEdgeKey(join(folder, 'new'))));
    expect(new Set(made.map(({ kid }) => kid)).size).toBe(1);
    expect(await readdir(join(folder, 'new'))).toEqual(['key.json']);
  });

  it('gets private permissions if its file was copied with others', async () => {
    await openEdgeKey(folder);
    await chmod(join(folder, 'key.json'), 0o644);
    await openEdgeKey(folder);
    expect(await rights('key.json')).toBe(0o600);
  });

  it('signs sent reports', async () => {
    const { x, kid } = await openEdgeKey(folder);
    const record = readSignedRecord(await (await edgeSigner(folder))(Buffer.from('{}')));
    expect(record.kid).toBe(kid);
    expect(isSignedBy(keyObjectOf(x), record)).toBe(true);
  });

  it('is replaced by the next one in one step', async () => {
    const old = await openEdgeKey(folder);
    await expect(switchEdgeKey(folder)).rejects.toThrow(
      `There is no next key in ${folder}: make one with "key --next", register it (rotateEdgeKey), then switch.`,
    );
    const next = await openNextEdgeKey(folder);
    expect(next.kid).not.toBe(old.kid);
    expect((await openNextEdgeKey(folder)).kid).toBe(next.kid);
    expect((await openEdgeKey(folder)).kid).toBe(old.kid);
    expect((await switchEdgeKey(folder)).kid).toBe(next.kid);
    expect((await openEdgeKey(folder)).kid).toBe(next.kid);
    expect(await readdir(folder)).toEqual(['key.json']);
  });

  it('that cannot be read is never replaced, and its content is not shown', async () => {
    await writeFile(join(folder, 'key.json'), '{"v":1,"secret":"abc"');
    const message = `The key file ${join(folder, 'key.json')} is not a valid key: restore it, or delete it and let an administrator register the new key that is then made.`;
    const failure = await openEdgeKey(folder).catch((cause: unknown) => cause as Error);
    expect(failure).toMatchObject({ name: 'SpoolError', message });
    expect(String((failure as Error).cause)).not.toContain('abc');
    expect(await readFile(join(folder, 'key.json'), 'utf8')).toBe('{"v":1,"secret":"abc"');
  });
});

describe('the folder of an edge', () => {
  it.each([
    ['edge-1', '/x/edge/edge-1'],
    ['..', '/x/edge/%2E%2E'],
    ['.', '/x/edge/%2E'],
    ['...', '/x/edge/...'],
    ['..a', '/x/edge/..a'],
  ])('of id %s is inside the folder of all edges', (edge_id, expected) => {
    expect(spoolFolder({ system: '/x', edge_id })).toBe(expected);
  });
});

describe('edge key', () => {
  const run = (...given: string[]) => runEdge(['key', '--edge-id', 'edge-7', '--spool', folder, ...given]);

  it('prints the same public key as a JWK, as JSON and in PEM', async () => {
    const { stdout, code } = await run();
    expect(code).toBe(0);
    const key = await readPublicKey(stdout);
    expect(key.kid).toBe((await openEdgeKey(folder)).kid);
    expect(stdout).not.toContain('"d"');
    const json = JSON.parse((await run('--json')).stdout) as object;
    expect(json).toEqual({ edge_id: 'edge-7', kid: key.kid, jwk: JSON.parse(stdout) });
    expect(await readPublicKey((await run('--pem')).stdout)).toEqual(key);
  });

  it.each([
    [
      ['--next', '--switch'],
      'error: --next makes the next key, --switch starts to use it: give only one of them',
    ],
    [['--pem', '--json'], 'error: --pem and --json are two ways to print the key: give only one of them'],
  ])('%j is bad usage', async (given, message) => {
    const { stderr, code } = await run(...given);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
