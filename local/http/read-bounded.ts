import type { IncomingMessage } from 'node:http';

/** Bytes that are still read of a body over its limit, so that its sender can read the refusal. */
const DROPPED_BYTES = 16 * 1024 * 1024;

/**
 * The body of a request; undefined if it is over the limit: then the rest is dropped. An endless
 * body ends with its connection.
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
