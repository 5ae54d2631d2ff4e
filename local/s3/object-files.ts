import { randomUUID } from 'node:crypto';
import { createWriteStream, type Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './s3-error.ts';

/** The headers that are stored with an object and returned with it. */
export interface ObjectHeaders {
  'content-type'?: string;
  'content-disposition'?: string;
}

export interface KeptHeaders {
  etag: string;
  headers: ObjectHeaders;
}

/** The files of an object on disk. */
export interface ObjectFile {
  file: string;
  headers: string;
}

/** Names of folders and files that every file system accepts. */
const PLAIN_SEGMENT = /^[A-Za-z0-9=_.-]{1,200}$/;

const MAX_KEY_BYTES = 1024;

/**
 * The files of a bucket's objects. A key of plain names is a file in real folders under `files/`,
 * so that other programs read the bucket as it is; its headers lie under `headers/`. Every other
 * key is one encoded file under `objects/`, its headers beside it, as all were in the release
 * before.
 */
export async function openObjectFiles(folder: string) {
  const [files, headers, objects, unfinished] = ['files', 'headers', 'objects', 'unfinished'].map(name =>
    join(folder, name),
  ) as [string, string, string, string];
  await rm(unfinished, { recursive: true, force: true });
  await Promise.all([files, headers, objects, unfinished].map(each => mkdir(each, { recursive: true })));

  const encoded = (key: string): ObjectFile => {
    // With a prefix that no name of a folder has.
    const file = join(objects, `o-${encodeURIComponent(key)}`);
    return { file, headers: `${file}.json` };
  };
  const plain = (key: string): ObjectFile | undefined => {
    const segments = key.split('/');
    if (!segments.every(segment => PLAIN_SEGMENT.test(segment))) return undefined;
    return { file: join(files, ...segments), headers: join(headers, `${join(...segments)}.json`) };
  };

  /** The files of an object, newest layout first; undefined if there are none. */
  async function find(key: string): Promise<(ObjectFile & { kept: KeptHeaders }) | undefined> {
    checkKey(key);
    for (const place of [plain(key), encoded(key)]) {
      const kept = place && (await readJson<KeptHeaders>(place.headers));
      if (place && kept && (await isFile(place.file))) return { ...place, kept };
    }
    return undefined;
  }

  async function keep(key: string, data: AsyncIterable<Uint8Array>, kept: KeptHeaders): Promise<void> {
    checkKey(key);
    const written = join(unfinished, randomUUID());
    await pipeline(Readable.from(data), createWriteStream(written));
    const place = plain(key);
    try {
      if (place) await move(written, place, kept);
      else await move(written, encoded(key), kept);
    } catch (cause) {
      // "a" is a file and "a/b" would need it as a folder, or vice versa: S3 allows both.
      if (!place || !isNameTaken(cause)) throw cause;
      await move(written, encoded(key), kept);
      return;
    }
    if (place) await removeFiles(encoded(key));
  }

  async function move(
    written: string,
    { file, headers: beside }: ObjectFile,
    kept: KeptHeaders,
  ): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await mkdir(dirname(beside), { recursive: true });
        await writeFile(beside, JSON.stringify(kept));
        await mkdir(dirname(file), { recursive: true });
        await rename(written, file);
        return;
      } catch (cause) {
        // A concurrent deletion of the folder's last object has just removed the folder.
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 5) throw cause;
      }
    }
  }

  async function remove(key: string): Promise<void> {
    checkKey(key);
    const place = plain(key);
    if (place) {
      await removeFiles(place);
      await removeEmptyFolders(dirname(place.file), files);
      await removeEmptyFolders(dirname(place.headers), headers);
    }
    await removeFiles(encoded(key));
  }

  /** Keys that begin with `prefix`, in no particular order. */
  async function keys(prefix: string): Promise<string[]> {
    const found = (await readdir(objects)).filter(name => name.startsWith('o-') && !name.endsWith('.json'));
    const old = found.map(name => decodeURIComponent(name.slice(2)));
    const inFolders: string[] = [];
    await walk(files, '', inFolders, prefix);
    return [...new Set([...old.filter(key => key.startsWith(prefix)), ...inFolders])];
  }

  return { find, keep, remove, keys };
}

/** Folders that can't contain keys with the prefix are not opened. */
async function walk(folder: string, path: string, found: string[], prefix: string): Promise<void> {
  const entries: Dirent[] = (await readdir(folder, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  for (const entry of entries) {
    const key = `${path}${entry.name}`;
    if (!entry.isDirectory()) {
      if (key.startsWith(prefix)) found.push(key);
    } else if (prefix.startsWith(`${key}/`) || `${key}/`.startsWith(prefix)) {
      await walk(join(folder, entry.name), `${key}/`, found, prefix);
    }
  }
}

/** @throws S3Error for a key that would leave the folder, or is invalid in S3 */
function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', 'Your key is too long', { MaxSizeAllowed: String(MAX_KEY_BYTES) });
  }
  if (!key.split('/').some(segment => segment === '.' || segment === '..')) return;
  throw new S3Error('InvalidRequest', 'A key must not have "." or ".." between its slashes.');
}

async function removeFiles({ file, headers }: ObjectFile): Promise<void> {
  await rm(file, { force: true }).catch(ignoreNameTaken);
  await rm(headers, { force: true }).catch(ignoreNameTaken);
}

async function removeEmptyFolders(from: string, root: string): Promise<void> {
  for (let folder = from; folder !== root; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(cause => {
    if (!isNameTaken(cause)) return ignoreMissing(cause);
    return undefined;
  });
  return found?.isFile() ?? false;
}

export async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(cause => {
    if (!isNameTaken(cause)) return ignoreMissing(cause);
    return undefined;
  });
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
  return undefined;
}

function ignoreNameTaken(cause: unknown): void {
  if (!isNameTaken(cause)) throw cause;
}

/** Whether there is a folder instead of a file, or a file instead of a folder. */
function isNameTaken(cause: unknown): boolean {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return ['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'ERR_FS_EISDIR'].includes(code);
}
