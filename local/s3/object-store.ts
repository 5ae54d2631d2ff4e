import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './s3-error.ts';

/** The headers that are kept with an object and given back with it. */
export interface ObjectHeaders {
  'content-type'?: string;
  'content-disposition'?: string;
}

export interface StoredObject {
  file: string;
  size: number;
  /** Without quotes. */
  etag: string;
  headers: ObjectHeaders;
  modified: Date;
}

/** S3's own limit for every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The objects of one bucket, in a folder: a file an object and one for its headers, a folder an unfinished upload. */
export interface ObjectStore {
  /** @returns the ETag */
  put(key: string, body: Uint8Array, headers: ObjectHeaders): Promise<string>;
  /** @throws S3Error NoSuchKey */
  find(key: string): Promise<StoredObject>;
  /** @returns the upload's id */
  beginUpload(key: string, headers: ObjectHeaders): Promise<string>;
  /** @returns the part's ETag. @throws S3Error NoSuchUpload */
  putPart(upload: UploadName, number: number, body: Uint8Array): Promise<string>;
  /** Makes the object of these parts. @throws S3Error NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall */
  completeUpload(upload: UploadName, parts: readonly { number: number; etag: string }[]): Promise<string>;
  /** @throws S3Error NoSuchUpload */
  abortUpload(upload: UploadName): Promise<void>;
}

export interface UploadName {
  key: string;
  upload_id: string;
}

interface KeptHeaders {
  etag: string;
  headers: ObjectHeaders;
}

/** @param min_part_bytes S3's own unless a test wants small parts */
export async function openObjectStore(
  folder: string,
  { min_part_bytes = MIN_PART_BYTES }: { min_part_bytes?: number } = {},
): Promise<ObjectStore> {
  const objects = join(folder, 'objects');
  const uploads = join(folder, 'uploads');
  await Promise.all([objects, uploads].map(each => mkdir(each, { recursive: true })));
  // Encoded, so that a key with slashes is one file, with a beginning that no name of a folder has.
  const fileOf = (key: string): string => join(objects, `o-${encodeURIComponent(key)}`);
  const folderOf = ({ upload_id }: UploadName): string =>
    join(uploads, upload_id.replace(/[^0-9A-Za-z-]/g, '_'));

  async function keep(key: string, data: AsyncIterable<Uint8Array>, kept: KeptHeaders): Promise<void> {
    const file = fileOf(key);
    const unfinished = `${file}.${randomUUID()}`;
    await pipeline(Readable.from(data), createWriteStream(unfinished));
    await writeFile(`${file}.json`, JSON.stringify(kept));
    await rename(unfinished, file);
  }

  async function openUpload(upload: UploadName): Promise<{ folder: string; headers: ObjectHeaders }> {
    const folder = folderOf(upload);
    const kept = await readJson<{ key: string; headers: ObjectHeaders }>(join(folder, 'upload.json'));
    if (kept?.key === upload.key) return { folder, headers: kept.headers };
    throw new S3Error(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      { UploadId: upload.upload_id },
    );
  }

  return {
    async put(key, body, headers) {
      const etag = md5(body);
      await keep(key, asPieces(body), { etag, headers });
      return etag;
    },

    async find(key) {
      const file = fileOf(key);
      const kept = await readJson<KeptHeaders>(`${file}.json`);
      const found = kept && (await stat(file).catch(ignoreMissing));
      if (!found) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
      return { file, size: found.size, modified: found.mtime, ...kept };
    },

    async beginUpload(key, headers) {
      const upload_id = randomUUID();
      const folder = folderOf({ key, upload_id });
      await mkdir(folder);
      await writeFile(join(folder, 'upload.json'), JSON.stringify({ key, headers }));
      return upload_id;
    },

    async putPart(upload, number, body) {
      const { folder } = await openUpload(upload);
      const etag = md5(body);
      const unfinished = join(folder, `unfinished-${randomUUID()}`);
      await writeFile(unfinished, body);
      await removeParts(folder, number);
      await rename(unfinished, join(folder, partName(number, etag)));
      return etag;
    },

    async completeUpload(upload, parts) {
      const { folder, headers } = await openUpload(upload);
      const files = parts.map(({ number, etag }) => join(folder, partName(number, etag)));
      await checkParts(parts, files, min_part_bytes);
      const digest = createHash('md5');
      for (const { etag } of parts) digest.update(Buffer.from(etag, 'hex'));
      const etag = `${digest.digest('hex')}-${parts.length}`;
      await keep(upload.key, readAll(files), { etag, headers });
      await rm(folder, { recursive: true });
      return etag;
    },

    async abortUpload(upload) {
      const { folder } = await openUpload(upload);
      await rm(folder, { recursive: true });
    },
  };
}

async function checkParts(
  parts: readonly { number: number }[],
  files: readonly string[],
  min_part_bytes: number,
): Promise<void> {
  if (parts.some(({ number }, index) => index > 0 && number <= parts[index - 1]!.number)) {
    throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const sizes = await Promise.all(files.map(async file => (await stat(file).catch(ignoreMissing))?.size));
  if (sizes.includes(undefined)) {
    throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
  }
  if (sizes.slice(0, -1).some(size => size! < min_part_bytes)) {
    throw new S3Error(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed object size.',
    );
  }
}

/** A part that is sent again takes the place of the one before. */
async function removeParts(folder: string, number: number): Promise<void> {
  const beginning = partName(number, '');
  const before = (await readdir(folder)).filter(name => name.startsWith(beginning));
  await Promise.all(before.map(name => rm(join(folder, name), { force: true })));
}

function partName(number: number, etag: string): string {
  return `part-${number}-${etag.replace(/[^0-9a-f]/g, '_')}`;
}

async function* readAll(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file);
}

async function* asPieces(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(ignoreMissing);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
  return undefined;
}

function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}
