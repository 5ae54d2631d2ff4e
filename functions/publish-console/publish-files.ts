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
 * Puts the console's files into their bucket: what pages name first, the pages last, so that each
 * page that is read finds its assets. Nothing is removed: a page of an earlier release that is
 * still open goes on to find its own.
 * @returns how many files it put
 * @throws Error of a file of a kind that a browser would not be told of
 */
export async function publishFiles({ s3, bucket, folder, others }: Publication): Promise<number> {
  const built = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = built
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  const put = async (path: string, body: Buffer | string): Promise<void> => {
    const headers = fileHeaders(path);
    if (!headers) throw new Error(`The console's file ${path} is of a kind that has no content type.`);
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
