import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerStack } from '../../../functions/publish-console/answer-stack.ts';
import { publishFiles } from '../../../functions/publish-console/publish-files.ts';

describe('publishing the console', () => {
  let folder: string;
  const puts: Record<string, unknown>[] = [];
  const s3 = {
    send: async ({ input }: PutObjectCommand) => void puts.push({ ...input, Body: String(input.Body) }),
  } as unknown as S3Client;

  beforeEach(async () => {
    puts.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'patronus-publish-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), 'page');
    await writeFile(join(folder, 'assets/main-1a2b.js'), 'code');
    return () => rm(folder, { recursive: true });
  });

  const publish = () =>
    publishFiles({ s3, bucket: 'console', folder, others: { 'amplify_outputs.json': '{}' } });

  it('sets type and caching for each file, and uploads pages after the files that they name', async () => {
    expect(await publish()).toBe(3);
    expect(puts).toEqual([
      {
        Bucket: 'console',
        Key: 'amplify_outputs.json',
        Body: '{}',
        ContentType: 'application/json; charset=utf-8',
        CacheControl: 'no-cache',
      },
      {
        Bucket: 'console',
        Key: 'assets/main-1a2b.js',
        Body: 'code',
        ContentType: 'text/javascript; charset=utf-8',
        CacheControl: 'public, max-age=31536000, immutable',
      },
      {
        Bucket: 'console',
        Key: 'index.html',
        Body: 'page',
        ContentType: 'text/html; charset=utf-8',
        CacheControl: 'no-cache',
      },
    ]);
  });

  it('stops at a file of an unknown type, before the new page is uploaded', async () => {
    await writeFile(join(folder, 'assets/sound.wav'), '');
    await expect(publish()).rejects.toThrow(
      "The content type of the console's file assets/sound.wav is unknown.",
    );
    expect(puts.map(({ Key }) => Key)).not.toContain('index.html');
  });
});

describe('the answer to the stack', () => {
  let server: Server;
  let status = 200;
  const answers: { headers: IncomingHttpHeaders; body: unknown }[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      answers.push({ headers: request.headers, body: JSON.parse(await text(request)) });
      response.writeHead(status).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    answers.length = 0;
    status = 200;
  });

  const request = (RequestType: 'Create' | 'Update' | 'Delete') => ({
    RequestType,
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signed=yes`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'PublishedFiles',
  });
  const common = {
    PhysicalResourceId: 'console',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'PublishedFiles',
  };

  it.each(['Create', 'Update'] as const)('follows the work for %s, without a content type', async type => {
    let done = false;
    await answerStack(request(type), async () => {
      done = true;
    });
    expect(done).toBe(true);
    expect(answers.map(({ body }) => body)).toEqual([{ Status: 'SUCCESS', ...common }]);
    expect(answers[0]!.headers['content-type']).toBe('');
  });

  it('has the reason if the work fails', async () => {
    await answerStack(request('Update'), () => Promise.reject(new Error('Access Denied')));
    expect(answers.map(({ body }) => body)).toEqual([
      { Status: 'FAILED', Reason: 'The console was not published: Access Denied', ...common },
    ]);
  });

  it('reports success for a deletion, and publishes nothing', async () => {
    await answerStack(request('Delete'), () => Promise.reject(new Error('no work expected')));
    expect(answers.map(({ body }) => body)).toEqual([{ Status: 'SUCCESS', ...common }]);
  });

  it('makes the call fail if it is not accepted, so that Lambda retries it', async () => {
    status = 503;
    await expect(answerStack(request('Create'), async () => {})).rejects.toThrow(
      'CloudFormation did not accept the answer (status 503).',
    );
  });
});
