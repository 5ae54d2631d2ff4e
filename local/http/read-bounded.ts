import type { IncomingMessage } from 'node:http';

/** So much of a body over its limit is still read, so that its sender gets to read the refusal. */
const DROPPED_BYTES = 16 * 1024 * 1024;

/**
 * The body of a request; undefined when it is over the limit, of which the rest is dropped. A body
 * that goes on and on ends with its connection.
 */
export async function readBounded(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else if (bytes > limit + DROPPED_BYTES) request.destroy();
  }
  return bytes <= limit ? Buffer.concat(chunks) : undefined;
}
