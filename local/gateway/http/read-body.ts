import type { IncomingMessage } from 'node:http';
import { readBounded } from '../../http/read-bounded.ts';
import { TransportError } from '../errors/transport-error.ts';
import { LIMITS } from '../limits.ts';

/** The body of a request. @throws TransportError if it is over the limit */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await readBounded(request, LIMITS.requestBytes);
  if (body) return body;
  throw new TransportError(
    413,
    'RequestEntityTooLargeException',
    `Request body is over ${LIMITS.requestBytes} bytes.`,
  );
}
