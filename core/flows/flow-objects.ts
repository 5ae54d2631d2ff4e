import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** An object of the flow log's bucket. */
export interface FlowObject {
  key: string;
  /** In bytes. */
  size: number;
}

/** A range of bytes of an object: from `start` to `end`, both inclusive, or the last ones. */
export type ByteRange = { start: number; end: number } | { last: number };

/** The bucket of the flow log. Errors are those of S3. */
export interface FlowObjects {
  /** All objects whose keys begin with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<FlowObject[]>;
  /** Undefined if the object does not exist, or no longer. */
  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  put(key: string, body: Uint8Array, options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Deletes these objects; a missing object is not an error.
   * @throws Error that names an object that S3 did not delete
   */
  delete(keys: readonly string[]): Promise<void>;
}

/** Maximum number of keys in one call of S3. */
const KEYS_A_DELETE = 1000;

/** The flow log in a bucket of S3. */
export function flowObjects(client: S3Client, Bucket: string): FlowObjects {
  return {
    async list(Prefix) {
      const found: FlowObject[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
        for (const { Key, Size } of page.Contents ?? []) found.push({ key: Key!, size: Size ?? 0 });
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
      return found;
    },

    async get(Key, range) {
      try {
        const Range = range && rangeHeader(range);
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (cause) {
        if (cause instanceof Error && cause.name === 'NoSuchKey') return undefined;
        throw cause;
      }
    },

    async put(Key, Body, { signal } = {}) {
      const put = new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/gzip' });
      await client.send(put, signal && { abortSignal: signal });
    },

    async delete(keys) {
      for (let at = 0; at < keys.length; at += KEYS_A_DELETE) {
        const Objects = keys.slice(at, at + KEYS_A_DELETE).map(Key => ({ Key }));
        const Delete = { Objects, Quiet: true };
        const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
        if (Errors[0])
          throw new Error(`S3 did not delete ${Errors[0].Key}: ${Errors[0].Code} ${Errors[0].Message}`);
      }
    },
  };
}

function rangeHeader(range: ByteRange): string {
  return 'last' in range ? `bytes=-${range.last}` : `bytes=${range.start}-${range.end}`;
}
