import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { makeGuard, type Rights } from '../../../local/rights/guard.ts';
import { placeOfCalls } from '../../../local/rights/place.ts';
import { policyDocumentSchema } from '../../../local/rights/statement.ts';
import { openObjectStore } from '../../../local/s3/object-store.ts';
import { BUCKET, type LocalS3, startLocalS3 } from '../../support/local-s3.ts';

const MIB = 1024 * 1024;
const NOW = Date.UTC(2026, 0, 31, 12);

let now = Date.now();
let s3: LocalS3;

/** May read exports. */
const reader: Rights = {
  role: 'reader',
  statements: policyDocumentSchema.parse({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/exports/*` }],
  }),
  place: placeOfCalls('http://127.0.0.1/s3'),
};

beforeAll(async () => {
  const guardOf = (session: string) => (session === reader.role ? makeGuard(reader) : undefined);
  s3 = await startLocalS3({ clock: () => now, guardOf });
});

afterAll(async () => {
  expect(s3.reported).toEqual([]);
  await s3.close();
});

const named = (Key: string) => ({ Bucket: BUCKET, Key });
const put = (Key: string, Body: string | Uint8Array) =>
  s3.client.send(
    new PutObjectCommand({
      ...named(Key),
      Body,
      ContentType: 'text/csv; charset=utf-8',
      ContentDisposition: 'attachment; filename="a.csv"',
    }),
  );
const get = async (Key: string, Range?: string) => {
  const { Body, ...rest } = await s3.client.send(
    new GetObjectCommand({ ...named(Key), ...(Range && { Range }) }),
  );
  return { text: await Body!.transformToString(), ...rest };
};

describe('the local S3 with the SDK', () => {
  it('keeps an object with its headers under any key', async () => {
    const key = 'exports/01J/Größe & (1) + ü?.csv';
    await put(key, 'bytes\r\n1\r\n');
    expect(await get(key)).toMatchObject({
      text: 'bytes\r\n1\r\n',
      ContentType: 'text/csv; charset=utf-8',
      ContentDisposition: 'attachment; filename="a.csv"',
      ContentLength: 10,
      ETag: `"${createHash('md5').update('bytes\r\n1\r\n').digest('hex')}"`,
    });
    await put(key, 'new');
    expect((await get(key)).text).toBe('new');
    const { ContentLength } = await s3.client.send(new HeadObjectCommand(named(key)));
    expect(ContentLength).toBe(3);
  });

  it.each([
    ['bytes=0-1', '01', 'bytes 0-1/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
  ])('returns the range %s', async (range, text, ContentRange) => {
    await put('digits', '0123456789');
    expect(await get('digits', range)).toMatchObject({ text, ContentRange });
  });

  it('rejects a range beyond the end', async () => {
    await put('digits', '0123456789');
    await expect(get('digits', 'bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  const begin = async (key: string) =>
    (await s3.client.send(new CreateMultipartUploadCommand({ ...named(key), ContentType: 'text/csv' })))
      .UploadId!;
  const part = async (key: string, UploadId: string, PartNumber: number, Body: Uint8Array) =>
    (await s3.client.send(new UploadPartCommand({ ...named(key), UploadId, PartNumber, Body }))).ETag!;
  const complete = (key: string, UploadId: string, parts: [number, string][]) =>
    s3.client.send(
      new CompleteMultipartUploadCommand({
        ...named(key),
        UploadId,
        MultipartUpload: { Parts: parts.map(([PartNumber, ETag]) => ({ PartNumber, ETag })) },
      }),
    );

  it('joins parts in order, with the last upload of each', async () => {
    const id = await begin('parts');
    const second = await part('parts', id, 2, Buffer.from('end'));
    await part('parts', id, 1, Buffer.alloc(5 * MIB, 'x'));
    const first = await part('parts', id, 1, Buffer.alloc(5 * MIB, 'y'));
    await expect(get('parts')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await complete('parts', id, [
      [1, first],
      [2, second],
    ]);
    const { text, ContentType, ETag } = await get('parts');
    expect([text === `${'y'.repeat(5 * MIB)}end`, ContentType, ETag]).toEqual([
      true,
      'text/csv',
      expect.stringMatching(/^"[0-9a-f]{32}-2"$/),
    ]);
    await expect(complete('parts', id, [[1, first]])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('rejects parts that are changed, too small or out of order, and keeps the upload', async () => {
    const id = await begin('wrong');
    const one = await part('wrong', id, 1, Buffer.from('small'));
    const two = await part('wrong', id, 2, Buffer.from('small'));
    const parts = (...list: [number, string][]) => complete('wrong', id, list);
    await expect(parts([1, `"${'0'.repeat(32)}"`])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(parts([1, one], [2, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(parts([2, two], [1, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await parts([1, one]);
    expect((await get('wrong')).text).toBe('small');
  });

  it('removes an aborted upload', async () => {
    const UploadId = await begin('gone');
    await s3.client.send(new AbortMultipartUploadCommand({ ...named('gone'), UploadId }));
    await expect(part('gone', UploadId, 1, Buffer.from('x'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(
      s3.client.send(new AbortMultipartUploadCommand({ ...named('gone'), UploadId })),
    ).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('has only the operations that the system uses, and only its buckets', async () => {
    await expect(s3.client.send(new ListObjectsCommand({ Bucket: BUCKET }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    await expect(
      s3.client.send(new GetObjectCommand({ Bucket: 'elsewhere', Key: 'a' })),
    ).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('rejects other credentials', async () => {
    const other = (accessKeyId: string, secretAccessKey: string) =>
      new S3Client({
        endpoint: s3.endpoint,
        region: 'eu-central-1',
        credentials: { accessKeyId, secretAccessKey },
        maxAttempts: 1,
      }).send(new GetObjectCommand(named('digits')));
    await expect(other('local', 'wrong')).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await expect(other('somebody', 'local')).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  it('rejects a body that differs from the signed one', async () => {
    const client = s3.makeClient();
    client.middlewareStack.add(
      next => async args => {
        (args.request as { body: unknown }).body = 'other';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    );
    await expect(
      client.send(new PutObjectCommand({ ...named('tampered'), Body: 'first' })),
    ).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
  });
});

describe('the objects of a bucket', () => {
  const list = async (given: Partial<ListObjectsV2CommandInput> = {}) => {
    const answer = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...given }));
    return {
      keys: answer.Contents?.map(({ Key }) => Key) ?? [],
      prefixes: answer.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
      next: answer.NextContinuationToken,
      answer,
    };
  };
  const KEYS = ['l/a', 'l/a/b', 'l/a.json', 'l/b/c/d', 'l/b/e', 'l/Größe & <ü>', 'l/z'];
  const inOrder = KEYS.toSorted((a, b) => Buffer.from(a).compare(Buffer.from(b)));

  beforeAll(async () => {
    for (const key of KEYS) await put(key, key);
  });

  it('are listed in order of their bytes, with any keys', async () => {
    const { keys, answer } = await list({ Prefix: 'l/' });
    expect(keys).toEqual(inOrder);
    expect(answer).toMatchObject({ KeyCount: KEYS.length, IsTruncated: false, Prefix: 'l/', Name: BUCKET });
    const ETag = `"${createHash('md5').update('l/a').digest('hex')}"`;
    expect(answer.Contents?.find(({ Key }) => Key === 'l/a')).toMatchObject({ Size: 3, ETag });
    expect((await list({ Prefix: 'l/b/c' })).keys).toEqual(['l/b/c/d']);
    expect((await list({ Prefix: 'nothing/' })).keys).toEqual([]);
    for (const key of KEYS) expect((await get(key)).text).toBe(key);
  });

  it.each([1, 2, 3, 100])('are listed in pages of %i, with and without folders', async MaxKeys => {
    const whole = { keys: [] as unknown[], prefixes: [] as unknown[] };
    const flat: unknown[] = [];
    for (const Delimiter of [undefined, '/']) {
      let ContinuationToken: string | undefined;
      do {
        const page = await list({
          Prefix: 'l/',
          MaxKeys,
          ...(Delimiter && { Delimiter }),
          ContinuationToken,
        });
        if (!Delimiter) flat.push(...page.keys);
        else {
          whole.keys.push(...page.keys);
          whole.prefixes.push(...page.prefixes);
        }
        ContinuationToken = page.next;
      } while (ContinuationToken);
    }
    expect(flat).toEqual(inOrder);
    expect(whole).toEqual({
      keys: inOrder.filter(key => !key.slice(2).includes('/')),
      prefixes: ['l/a/', 'l/b/'],
    });
  });

  it('start after a key, and reject an invalid number', async () => {
    expect((await list({ Prefix: 'l/', StartAfter: 'l/b/e' })).keys).toEqual(
      inOrder.slice(inOrder.indexOf('l/b/e') + 1),
    );
    await expect(list({ MaxKeys: -1 })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('are deleted, one or many, whether they exist or not', async () => {
    await s3.client.send(new DeleteObjectCommand(named('l/a')));
    await s3.client.send(new DeleteObjectCommand(named('l/a')));
    const Objects = ['l/b/c/d', 'l/Größe & <ü>', 'never'].map(Key => ({ Key }));
    const { Deleted } = await s3.client.send(
      new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }),
    );
    expect(Deleted).toEqual(Objects);
    expect((await list({ Prefix: 'l/' })).keys).toEqual(['l/a.json', 'l/a/b', 'l/b/e', 'l/z']);
    await expect(get('l/a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('are files in real folders, with headers and unfinished uploads elsewhere', async () => {
    await put('flows/dt=2026-01-31/hour=12/x.jsonl.gz', 'lines');
    const folder = join(s3.folder, 'files', 'flows');
    expect(await readdir(folder, { recursive: true })).toEqual([
      'dt=2026-01-31',
      'dt=2026-01-31/hour=12',
      'dt=2026-01-31/hour=12/x.jsonl.gz',
    ]);
    await s3.client.send(new DeleteObjectCommand(named('flows/dt=2026-01-31/hour=12/x.jsonl.gz')));
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['../outside', 'a/../../outside', '..', 'a/./b', `${'x'.repeat(1025)}`])(
    'are never outside the folder: %s',
    async key => {
      const url = `${s3.endpoint}/${BUCKET}/${key
        .split('/')
        .map(each => each.replaceAll('.', '%2E'))
        .join('/')}`;
      const signed = await getSignedUrl(s3.client, new PutObjectCommand(named(key)), { expiresIn: 900 });
      expect((await fetch(url, { method: 'PUT' })).status).toBeGreaterThanOrEqual(400);
      expect((await fetch(signed, { method: 'PUT', body: 'x' })).status).toBeGreaterThanOrEqual(400);
      const store = await openObjectStore(s3.folder);
      await expect(store.put(key, Buffer.from('x'), {})).rejects.toMatchObject({
        name: 'S3Error',
        status: 400,
      });
      await expect(store.remove(key)).rejects.toMatchObject({ name: 'S3Error', status: 400 });
    },
  );

  it('of the previous release are found, listed, overwritten and deleted', async () => {
    const old = async (key: string, text: string) => {
      const file = join(s3.folder, 'objects', `o-${encodeURIComponent(key)}`);
      await writeFile(file, text);
      await writeFile(`${file}.json`, JSON.stringify({ etag: 'e', headers: { 'content-type': 'text/csv' } }));
    };
    await old('exports/01J.csv', 'old');
    await old('exports/01K.csv', 'old too');
    expect(await get('exports/01J.csv')).toMatchObject({ text: 'old', ContentType: 'text/csv', ETag: '"e"' });
    expect((await list({ Prefix: 'exports/01' })).keys).toContain('exports/01K.csv');
    await put('exports/01J.csv', 'new');
    await s3.client.send(new DeleteObjectCommand(named('exports/01K.csv')));
    expect((await get('exports/01J.csv')).text).toBe('new');
    expect(
      (await list({ Prefix: 'exports/01' })).keys.filter(key => key?.endsWith('.csv') && !key.includes('ü')),
    ).toEqual(['exports/01J.csv']);
  });
});

describe('a signed link', () => {
  const link = (at = now) =>
    getSignedUrl(s3.client, new GetObjectCommand(named('digits')), {
      expiresIn: 900,
      signingDate: new Date(at),
    });

  const fetched = async (url: string, method = 'GET') => {
    const response = await fetch(url, { method });
    return [response.status, await response.text()] as const;
  };

  beforeAll(async () => {
    await put('digits', '0123456789');
    now = NOW;
  });

  it('opens the object for everyone, for exactly 15 minutes', async () => {
    const url = await link();
    expect(await fetched(url)).toEqual([200, '0123456789']);
    now = NOW + 900_000;
    expect(await fetched(url)).toEqual([200, '0123456789']);
    now = NOW + 900_001;
    expect(await fetched(url)).toEqual([
      403,
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>' +
        '<X-Amz-Expires>900</X-Amz-Expires><Expires>2026-01-31T12:15:00Z</Expires><ServerTime>2026-01-31T12:15:00Z</ServerTime></Error>',
    ]);
    now = NOW;
  });

  it.each([
    ['another key', (url: string) => url.replace('/digits?', '/parts?')],
    ['a longer time', (url: string) => url.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000')],
    ['another signature', (url: string) => url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=z')],
    ['no signature to speak of', (url: string) => url.replace(/X-Amz-Signature=\w+/, 'X-Amz-Signature=')],
    ['one more parameter', (url: string) => `${url}&response-content-type=text%2Fhtml`],
    ['another region', (url: string) => url.replace('eu-central-1', 'us-east-1')],
  ])('is rejected with %s', async (_, change) => {
    const [status, text] = await fetched(change(await link()));
    expect([status, /<Code>(.*?)<\/Code>/.exec(text)?.[1]]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it('opens objects that its signing role may read', async () => {
    const credentials = { ...LOCAL_CREDENTIALS, sessionToken: reader.role };
    const client = new S3Client({ endpoint: s3.endpoint, region: 'eu-central-1', credentials });
    const signingDate = new Date(now);
    const open = async (key: string) =>
      fetched(await getSignedUrl(client, new GetObjectCommand(named(key)), { expiresIn: 900, signingDate }));
    await put('exports/mine', 'all of it');
    expect(await open('exports/mine')).toEqual([200, 'all of it']);
    const [status, text] = await open('digits');
    expect([status, /<Code>(.*?)<\/Code>/.exec(text)?.[1]]).toEqual([403, 'AccessDenied']);
    expect(text).toContain(
      'User: reader is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::files/digits because',
    );
    client.destroy();
  });

  it('allows reading only', async () => {
    const [status, text] = await fetched(await link(), 'PUT');
    expect([status, /<Code>(.*?)<\/Code>/.exec(text)?.[1]]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it.each([
    [(url: string) => url.split('?')[0]!, 403, 'AccessDenied'],
    [(url: string) => url.replace(/X-Amz-Date=\w+&/, ''), 400, 'AuthorizationQueryParametersError'],
    [(url: string) => url.replace('Expires=900', 'Expires=700000'), 400, 'AuthorizationQueryParametersError'],
    [(url: string) => url.replace('Credential=local', 'Credential=other'), 403, 'InvalidAccessKeyId'],
  ])('is rejected without a required part: %s', async (change, status, code) => {
    const [given, text] = await fetched(change(await link()));
    expect([given, /<Code>(.*?)<\/Code>/.exec(text)?.[1]]).toEqual([status, code]);
  });

  it('survives a reader who disconnects halfway', async () => {
    now = Date.now();
    await put('large', Buffer.alloc(16 * MIB));
    const url = await getSignedUrl(s3.client, new GetObjectCommand(named('large')), { expiresIn: 900 });
    await new Promise<void>(resolve =>
      request(url, response => {
        response.once('data', () => response.destroy());
        response.once('close', resolve);
      }).end(),
    );
    expect((await fetch(url, { method: 'GET', headers: { range: 'bytes=0-0' } })).status).toBe(206);
  });
});
