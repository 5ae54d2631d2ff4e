import { readSync, writeSync } from 'node:fs';

const LINE_END = 10;
const CHUNK_BYTES = 64 * 1024;

/** Sends JSON texts, one per line, and waits for messages while blocking the whole process. */
export interface BlockingChannel {
  send(message: unknown): void;
  /** Blocks the process until a message arrives; undefined if the other side has ended. */
  receive(): unknown;
}

/**
 * A channel over a file descriptor. The two sides send messages alternately, so no message follows
 * before the answer.
 */
export function blockingChannel(descriptor: number): BlockingChannel {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  return {
    send(message) {
      const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
      for (let sent = 0; sent < bytes.length; ) sent += writeSync(descriptor, bytes, sent);
    },
    receive() {
      const chunks: Buffer[] = [];
      for (;;) {
        const length = readOrNothing(descriptor, buffer);
        if (length === 0) return undefined;
        chunks.push(Buffer.from(buffer.subarray(0, length)));
        if (buffer[length - 1] === LINE_END) return JSON.parse(Buffer.concat(chunks).toString());
      }
    },
  };
}

// The end of a pipe is an error on Windows; a reset is an error on all platforms.
function readOrNothing(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EOF' || code === 'ECONNRESET' || code === 'EPIPE') return 0;
    throw cause;
  }
}
