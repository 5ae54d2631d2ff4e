import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publishMail } from '../../../core/alarms/notices/publish-mail.ts';
import { makeSignPost } from '../../../core/appsync/sign-post.ts';
import { makeMailHandler } from '../../../local/mail/mail-handler.ts';
import { asFunction } from '../../support/rights/as-function.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:notices';
const NOW = Date.parse('2026-03-15T12:00:00Z');

let folder: string;
let server: Server;
let endpoint: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-mail-'));
  const file = join(folder, 'mails.jsonl');
  server = createServer(makeMailHandler({ file, topics: new Set([TOPIC]), clock: () => NOW }));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sns`;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise(resolve => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const sign = makeSignPost({
  service: 'sns',
  region: 'eu-central-1',
  credentials: async () => ({ accessKeyId: 'A', secretAccessKey: 'b' }),
});
const publish = (given: { topic_arn?: string; subject?: string; text?: string } = {}) => {
  const { topic_arn = TOPIC, subject = 'Hello', text = 'Größe & more' } = given;
  return publishMail({ endpoint, topic_arn, sign }, { subject, text });
};

describe('mail on one machine', () => {
  it('is written as a line of a file', async () => {
    vi.stubEnv('NOTICE_TOPIC_ARN', TOPIC);
    expect(await asFunction('notify', () => publish())).toEqual({ answer_code: 200, error: null });
    const [line] = (await readFile(join(folder, 'mails.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(line!)).toEqual({
      ...{ at: '2026-03-15T12:00:00.000Z', topic: TOPIC, subject: 'Hello', text: 'Größe & more' },
    });
  });

  it.each([
    [{ topic_arn: `${TOPIC}-2` }, 404],
    [{ subject: 'Größe' }, 400],
    [{ subject: 'x'.repeat(101) }, 400],
    [{ text: '' }, 400],
  ])('is rejected like in SNS: %j', async (given, status) => {
    const error = `The mail topic answered with status ${status}.`;
    expect(await publish(given)).toEqual({ answer_code: status, error });
  });

  it('fails without an answer', async () => {
    const nowhere = { endpoint: 'http://127.0.0.1:9/', topic_arn: TOPIC, sign };
    const { answer_code, error } = await publishMail(nowhere, { subject: 'a', text: 'b' });
    expect({ answer_code, error }).toEqual({
      answer_code: null,
      error: 'The mail topic gave no answer: fetch failed.',
    });
  });
});
