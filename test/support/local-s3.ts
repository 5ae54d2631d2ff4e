import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import type { Clock } from '../../core/time/clock.ts';
import { REGION } from '../../local/aws/account.ts';
import { openObjectStore } from '../../local/s3/object-store.ts';
import { makeS3Handler, type S3HandlerOptions } from '../../local/s3/s3-handler.ts';

export const BUCKET = 'files';

export interface LocalS3 {
  client: S3Client;
  /** The address with the same prefix as in a running system. */
  endpoint: string;
  /** The folder of the bucket, and the temporary one around it. */
  folder: string;
  temporary: string;
  /** Another client, for example with calls that fail. */
  makeClient(): S3Client;
  /** The problems that the server reported. */
  reported: unknown[];
  close(): Promise<void>;
}

/** The local S3 with one bucket in a temporary folder, and the SDK's client of it. */
export async function startLocalS3({
  clock = Date.now,
  min_part_bytes,
  bucket_folder = '.',
  guardOf,
}: {
  clock?: Clock;
  /** Where the bucket is within the temporary folder. */
  bucket_folder?: string;
  min_part_bytes?: number;
  guardOf?: S3HandlerOptions['guardOf'];
} = {}): Promise<LocalS3> {
  const temporary = await mkdtemp(join(tmpdir(), 'patronus-s3-'));
  const folder = join(temporary, bucket_folder);
  const reported: unknown[] = [];
  const handler = makeS3Handler({
    prefix: '/s3',
    buckets: new Map([
      [BUCKET, await openObjectStore(folder, min_part_bytes === undefined ? {} : { min_part_bytes })],
    ]),
    credentials: { ...LOCAL_CREDENTIALS, region: REGION },
    clock,
    ...(guardOf && { guardOf }),
    log: (message, details) => reported.push({ message, ...details }),
  });
  const server = createServer((request, response) => void handler(request, response));
  // A client without a second attempt must not use a connection that is just being closed.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3`;
  const makeClient = (): S3Client => {
    const credentials = { ...LOCAL_CREDENTIALS };
    const made = makeS3Client({ endpoint, region: REGION, credentials, maxAttempts: 1 });
    // The SDK signs by the system's clock and the offset that it assumes.
    Object.defineProperty(made.config, 'systemClockOffset', {
      get: () => clock() - Date.now(),
      set: () => {},
    });
    return made;
  };
  const client = makeClient();
  return {
    client,
    folder,
    temporary,
    endpoint,
    makeClient,
    reported,
    async close() {
      client.destroy();
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(temporary, { recursive: true, force: true });
    },
  };
}
