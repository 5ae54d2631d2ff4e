import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** The headers of an object's download. */
export interface FileHeaders {
  ContentType: string;
  ContentDisposition: string;
}

export interface UploadPart {
  key: string;
  upload_id: string;
  /** 1 to 10,000. */
  number: number;
  body: Uint8Array;
}

/** The bucket of the exports. It throws S3's errors. */
export interface ExportFiles {
  put(key: string, body: Uint8Array, headers?: FileHeaders): Promise<void>;
  get(key: string): Promise<Uint8Array>;
  /** @returns the upload's id */
  beginUpload(key: string, headers: FileHeaders): Promise<string>;
  /** @returns the part's ETag */
  uploadPart(part: UploadPart): Promise<string>;
  /** Completes the file; no error if it is complete already. `bytes`: its expected size. */
  completeUpload(upload: { key: string; upload_id: string; parts: string[]; bytes: number }): Promise<void>;
  /** Aborts an upload; no error if it has ended already. */
  abortUpload(upload: { key: string; upload_id: string }): Promise<void>;
}

export function exportFiles(client: S3Client, Bucket: string): ExportFiles {
  return {
    async put(Key, Body, headers) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ...headers }));
    },

    async get(Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },

    async beginUpload(Key, headers) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...headers }));
      return UploadId!;
    },

    async uploadPart({ key: Key, upload_id: UploadId, number: PartNumber, body: Body }) {
      const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
      const { ETag } = await client.send(part);
      return ETag!.replaceAll('"', '');
    },

    async completeUpload({ key: Key, upload_id: UploadId, parts, bytes }) {
      const Parts = parts.map((etag, index) => ({ PartNumber: index + 1, ETag: `"${etag}"` }));
      const request = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
      try {
        await client.send(new CompleteMultipartUploadCommand(request));
      } catch (cause) {
        // An earlier run may have completed it and ended before it saved that.
        if (!isNamed(cause, 'NoSuchUpload')) throw cause;
        const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key }));
        if (ContentLength !== bytes) throw cause;
      }
    },

    async abortUpload({ key: Key, upload_id: UploadId }) {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      } catch (cause) {
        if (!isNamed(cause, 'NoSuchUpload')) throw cause;
      }
    },
  };
}

function isNamed(cause: unknown, name: string): boolean {
  return cause instanceof Error && cause.name === name;
}
