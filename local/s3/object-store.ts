import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing, type ObjectHeaders, openObjectFiles, readJson } from './object-files.ts';
import { S3Error } from './s3-error.ts';

export interface StoredObject {
  file: string;
  size: number;
  /** Without quotes. */
  etag: string;
  headers: ObjectHeaders;
  modified: Date;
}

/** S3's minimum size of every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The objects of a bucket in a folder: their files, and one folder per unfinished upload. */
export interface ObjectStore {
  /** @returns the ETag */
  put(key: string, body: Uint8Array, headers: ObjectHeaders): Promise<string>;
  /** @throws S3Error NoSuchKey */
  find(key: string): Promise<StoredObject>;
  /** Keys that begin with `prefix`, in S3's order: by their UTF-8 bytes. */
  keys(prefix: string): Promise<string[]>;
  /** A missing object is not an error. */
  remove(key: string): Promise<void>;
  /** @returns the upload's id */
  beginUpload(key: string, headers: ObjectHeaders): Promise<string>;
  /** @returns the part's ETag. @throws S3Error NoSuchUpload */
  putPart(upload: UploadName, number: number, body: Uint8Array): Promise<string>;
  /**
   * Makes the object of these parts.
   * @throws S3Error NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall
   */
  completeUpload(upload: UploadName, parts: readonly { number: number; etag: string }[]): Promise<string>;
  /** @throws S3Error NoSuchUpload */
  abortUpload(upload: UploadName): Promise<void>;
}

export interface UploadName {
  key: string;
  upload_id: string;
}

/** @param min_part_bytes S3's own unless a test wants small parts */
export async function openObjectStore(
  folder: string,
  { min_part_bytes = MIN_PART_BYTES }: { min_part_bytes?: number } = {},
): Promise<ObjectStore> {
  const files = await openObjectFiles(folder);
  const uploads = join(folder, 'uploads');
  await mkdir(uploads, { recursive: true });
  const folderOf = ({ upload_id }: UploadName): string =>
    join(uploads, upload_id.replace(/[^0-9A-Za-z-]/g, '_'));

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
      await files.keep(key, asPieces(body), { etag, headers });
      return etag;
    },

    async find(key) {
      const found = await files.find(key);
      const stats = found && (await stat(found.file).catch(ignoreMissing));
      if (!stats) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
      return { file: found.file, size: stats.size, modified: stats.mtime, ...found.kept };
    },

    async keys(prefix) {
      const found = (await files.keys(prefix)).map(key => ({ key, bytes: Buffer.from(key) }));
      return found.sort((a, b) => a.bytes.compare(b.bytes)).map(({ key }) => key);
    },

    remove: key => files.remove(key),

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
      const pieces = parts.map(({ number, etag }) => join(folder, partName(number, etag)));
      await checkParts(parts, pieces, min_part_bytes);
      const digest = createHash('md5');
      for (const { etag } of parts) digest.update(Buffer.from(etag, 'hex'));
      const etag = `${digest.digest('hex')}-${parts.length}`;
      await files.keep(upload.key, readAll(pieces), { etag, headers });
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

/** A part that is sent again replaces the previous one. */
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

function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}
