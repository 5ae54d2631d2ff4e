import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import type { Clock } from '../../core/time/clock.ts';
import { readBounded } from '../http/read-bounded.ts';

/** SNS accepts messages up to 256 KB. */
const MAX_BODY_BYTES = 512 * 1024;

export interface MailHandlerOptions {
  /** File with one JSON line per mail; nothing leaves the machine. */
  file: string;
  /** ARNs of the topics of the templates. */
  topics: ReadonlySet<string>;
  clock: Clock;
}

/**
 * The only operation of SNS that functions call: Publish. The mails to subscribers are written to a
 * file.
 */
export function makeMailHandler({ file, topics, clock }: MailHandlerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBounded(request, MAX_BODY_BYTES);
    const asked = new URLSearchParams(body?.toString());
    const topic = asked.get('TopicArn') ?? '';
    const refusal = refusalOf(asked, topics.has(topic));
    if (refusal) return answer(response, refusal);
    const mail = {
      at: new Date(clock()).toISOString(),
      ...{ topic, subject: asked.get('Subject'), text: asked.get('Message') },
    };
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${JSON.stringify(mail)}\n`);
    const id = `<MessageId>${randomUUID()}</MessageId>`;
    answer(response, {
      status: 200,
      xml: `<PublishResponse><PublishResult>${id}</PublishResult></PublishResponse>`,
    });
  };
}

interface XmlAnswer {
  status: number;
  xml: string;
}

function refusalOf(asked: URLSearchParams, isTopic: boolean): XmlAnswer | undefined {
  const errorOf = (status: number, code: string): XmlAnswer => ({
    status,
    xml: `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`,
  });
  if (asked.get('Action') !== 'Publish') return errorOf(400, 'InvalidAction');
  if (!isTopic) return errorOf(404, 'NotFound');
  const [subject, message] = [asked.get('Subject'), asked.get('Message')];
  const isSound = message && (subject === null || /^[\x20-\x7e]{1,100}$/.test(subject));
  return isSound ? undefined : errorOf(400, 'InvalidParameter');
}

function answer(response: ServerResponse, { status, xml }: XmlAnswer): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
}
