import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { sha256 } from '../../core/digest.ts';
import type { Clock } from '../../core/time/clock.ts';
import { readBounded } from '../http/read-bounded.ts';
import type { Watch } from '../rights/watch-requests.ts';
import { byteRange } from './byte-range.ts';
import { checkSignature, type S3Credentials } from './check-signature.ts';
import { listObjects } from './list-objects.ts';
import type { ObjectHeaders } from './object-files.ts';
import type { ObjectStore } from './object-store.ts';
import { S3Error } from './s3-error.ts';
import { readKeys, readParts, xmlDocument } from './s3-xml.ts';

export interface S3HandlerOptions {
  /** The prefix of paths before the bucket, such as `/s3`. */
  prefix: string;
  buckets: ReadonlyMap<string, ObjectStore>;
  credentials: S3Credentials;
  /** The guard for links of a session; links of other sessions open everything. */
  guardOf?(session_token: string): Watch | undefined;
  clock: Clock;
  log(message: string, details: Record<string, unknown>): void;
}

/**
 * Maximum size of a body, which is kept in memory during its check; parts of exports are much
 * smaller.
 */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Parameters that don't select an operation. */
const PLAIN_PARAMETERS =
  /^(x-id|x-amz-.*|prefix|delimiter|max-keys|start-after|continuation-token|encoding-type|fetch-owner)$/i;

interface Asked {
  bucket: string;
  key: string;
  store: ObjectStore;
  headers: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: Buffer;
}

type Operation = (asked: Asked, response: ServerResponse) => Promise<void>;

/**
 * Serves the part of S3's API that this system uses, over folders: PutObject, GetObject and
 * HeadObject with ranges, DeleteObject, uploads in parts, ListObjectsV2 and DeleteObjects.
 * Signatures in headers and links are checked as S3 does; anything else is NotImplemented. The
 * handler never rejects.
 */
export function makeS3Handler(options: S3HandlerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('x-amz-request-id', randomUUID());
    try {
      await answer(request, response, options);
    } catch (cause) {
      // In the middle of an object, no error can be sent; usually the reader has disconnected.
      if (response.headersSent) response.destroy();
      else refuse(request, response, cause instanceof S3Error ? cause : asInternal(cause, options));
    }
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { prefix, buckets, credentials, guardOf, clock }: S3HandlerOptions,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const [path = '', search = ''] = url.split('?', 2);
  const query = new URLSearchParams(search);
  const headers = plainHeaders(request);
  // The signature contains the body's hash, so the body of an unsigned request is not read.
  checkSignature({ method, path, query, headers }, { credentials, clock });
  // A link opens only objects that its signer's role may read at that time.
  const guard = guardOf?.(query.get('X-Amz-Security-Token') ?? '');
  const refusal = guard?.({ service: 's3', method, path: url, headers, body: '' });
  if (refusal) throw new S3Error('AccessDenied', refusal.message);
  const body = await readBody(request);
  checkBody(headers['x-amz-content-sha256'], body);
  const [bucket = '', ...rest] = path.slice(prefix.length + 1).split('/');
  const key = rest.map(decodeURIComponent).join('/');
  const store = buckets.get(bucket);
  if (!store) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
  }
  const operations = key === '' ? BUCKET_OPERATIONS : OPERATIONS;
  const operation = operations[operationName(method, query)];
  if (!operation) {
    throw new S3Error('NotImplemented', 'The one-machine runtime does not support this operation of S3.');
  }
  await operation({ bucket, key, store, headers, query, body }, response);
}

/** The method with the parameters that choose an operation, such as `PUT partNumber uploadId`. */
function operationName(method: string, query: URLSearchParams): string {
  const names = [...query.keys()].filter(name => !PLAIN_PARAMETERS.test(name));
  return [method, ...names.sort()].join(' ');
}

const OPERATIONS: Record<string, Operation> = {
  async PUT({ key, store, body, headers }, response) {
    const etag = await store.put(key, body, kept(headers));
    response.writeHead(200, { etag: `"${etag}"` }).end();
  },

  GET: (asked, response) => sendObject(asked, response, { withBody: true }),
  HEAD: (asked, response) => sendObject(asked, response, { withBody: false }),

  async DELETE({ key, store }, response) {
    await store.remove(key);
    response.writeHead(204).end();
  },

  async 'POST uploads'({ key, store, headers }, response) {
    const UploadId = await store.beginUpload(key, kept(headers));
    sendXml(response, 200, xmlDocument('InitiateMultipartUploadResult', { Key: key, UploadId }));
  },

  async 'PUT partNumber uploadId'({ key, store, query, body }, response) {
    const number = Number(query.get('partNumber'));
    if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
      throw new S3Error('InvalidRequest', 'Part number must be an integer between 1 and 10000, inclusive');
    }
    const etag = await store.putPart({ key, upload_id: query.get('uploadId')! }, number, body);
    response.writeHead(200, { etag: `"${etag}"` }).end();
  },

  async 'POST uploadId'({ key, store, query, body }, response) {
    const parts = readParts(body.toString());
    if (!parts) throw malformed();
    const etag = await store.completeUpload({ key, upload_id: query.get('uploadId')! }, parts);
    sendXml(response, 200, xmlDocument('CompleteMultipartUploadResult', { Key: key, ETag: `"${etag}"` }));
  },

  async 'DELETE uploadId'({ key, store, query }, response) {
    await store.abortUpload({ key, upload_id: query.get('uploadId')! });
    response.writeHead(204).end();
  },
};

const MAX_DELETED_KEYS = 1000;

const BUCKET_OPERATIONS: Record<string, Operation> = {
  async 'GET list-type'({ bucket, store, query }, response) {
    sendXml(response, 200, await listObjects(store, bucket, query));
  },

  async 'POST delete'({ store, body }, response) {
    const { keys, quiet } = readKeys(body.toString()) ?? { keys: [], quiet: false };
    if (keys.length === 0 || keys.length > MAX_DELETED_KEYS) throw malformed();
    await Promise.all(keys.map(key => store.remove(key)));
    const deleted = quiet ? [] : keys.map(Key => ({ Deleted: { Key } }));
    sendXml(response, 200, xmlDocument('DeleteResult', deleted));
  },
};

function malformed(): S3Error {
  return new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

async function sendObject(
  { key, store, headers }: Asked,
  response: ServerResponse,
  { withBody }: { withBody: boolean },
): Promise<void> {
  const object = await store.find(key);
  const range = byteRange(headers.range, object.size);
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    etag: `"${object.etag}"`,
    'last-modified': object.modified.toUTCString(),
    ...object.headers,
    ...(range && { 'content-range': `bytes ${start}-${end}/${object.size}` }),
  });
  if (!withBody || object.size === 0) response.end();
  else await pipeline(createReadStream(object.file, { start, end }), response);
}

function kept({
  'content-type': type,
  'content-disposition': disposition,
}: Readonly<Record<string, string>>): ObjectHeaders {
  return {
    'content-type': type ?? 'binary/octet-stream',
    ...(disposition !== undefined && { 'content-disposition': disposition }),
  };
}

function checkBody(said: string | undefined, body: Buffer): void {
  if (said === undefined || said === 'UNSIGNED-PAYLOAD') return;
  if (!/^[0-9a-f]{64}$/.test(said)) {
    throw new S3Error(
      'NotImplemented',
      'The one-machine runtime does not support bodies that are signed in chunks.',
    );
  }
  if (said === sha256(body)) return;
  throw new S3Error(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await readBounded(request, MAX_BODY_BYTES);
  if (body) return body;
  throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
}

function refuse(request: IncomingMessage, response: ServerResponse, error: S3Error): void {
  const document = xmlDocument('Error', { Code: error.code, Message: error.message, ...error.details });
  sendXml(response, error.status, request.method === 'HEAD' ? '' : document);
}

function sendXml(response: ServerResponse, status: number, document: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(document);
}

function asInternal(cause: unknown, { log }: S3HandlerOptions): S3Error {
  log('a request to the files', { error: String(cause) });
  return new S3Error('InternalError', 'We encountered an internal error. Please try again.');
}
