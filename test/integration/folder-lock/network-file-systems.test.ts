import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { lockFolder } from '../../../core/folder-lock.ts';

vi.mock('node:fs/promises', async original => ({ ...(await original<object>()), statfs: vi.fn() }));

it.skipIf(process.platform !== 'linux').each([
  ['NFS', 0x6969],
  ['CIFS', 0xff534d42],
  // As a signed number of 32 bits.
  ['SMB2', 0xfe534d42 | 0],
])('rejects a folder on %s, and leaves no file there', async (name, type) => {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-lock-'));
  vi.mocked(statfs).mockResolvedValue({ type } as Awaited<ReturnType<typeof statfs>>);
  await expect(lockFolder(folder)).rejects.toEqual(
    expect.objectContaining({
      name: 'FolderLockError',
      message: `The folder ${folder} is on a network file system (${name}), whose locks don't hold between machines: choose one on a local disk.`,
    }),
  );
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
