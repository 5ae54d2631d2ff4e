import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { fileHeaders } from '../../core/console/console-files.ts';

export interface Publication {
  s3: S3Client;
  bucket: string;
  /** The console's build. */
  folder: string;
  /** Other files by path, such as the client configuration. */
  others: Record<string, string>;
}

/**
 * Uploads the console's files to their bucket: assets first and pages last, so that a page always
 * finds its assets. No file is removed, so that open pages of an earlier release still find theirs.
 * @returns the number of uploaded files
 * @throws Error for a file whose content type is unknown
 */
export async function publishFiles({ s3, bucket, folder, others }: Publication): Promise<number> {
  const built = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = built
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  const put = async (path: string, body: Buffer | string): Promise<void> => {
    const headers = fileHeaders(path);
    if (!headers) throw new Error(`The content type of the console's file ${path} is unknown.`);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: path,
        Body: body,
        ContentType: headers['content-type'],
        CacheControl: headers['cache-control'],
      }),
    );
  };
  const [pages, assets] = [paths.filter(isPage), paths.filter(path => !isPage(path))];
  await Promise.all(Object.entries(others).map(([path, text]) => put(path, text)));
  for (const group of [assets, pages]) {
    await Promise.all(group.map(async path => put(path, await readFile(join(folder, path)))));
  }
  return paths.length + Object.keys(others).length;
}

const isPage = (path: string): boolean => path.endsWith('.html');
