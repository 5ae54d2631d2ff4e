import type { IncomingMessage } from 'node:http';
import { TransportError } from '../errors/transport-error.ts';
import { LIMITS } from '../limits.ts';

/** The body of a request. @throws TransportError when it is over the limit; the rest of it is read and dropped. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LIMITS.requestBytes) chunks.push(chunk);
  }
  if (bytes > LIMITS.requestBytes) {
    throw new TransportError(
      413,
      'RequestEntityTooLargeException',
      `Request body is over ${LIMITS.requestBytes} bytes.`,
    );
  }
  return Buffer.concat(chunks);
}
