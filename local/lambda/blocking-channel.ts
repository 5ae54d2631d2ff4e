import { readSync, writeSync } from 'node:fs';

const LINE_END = 10;
const CHUNK_BYTES = 64 * 1024;

/**
 * Sends JSON texts, one a line, and waits for them without letting anything else in this process
 * run.
 */
export interface BlockingChannel {
  send(message: unknown): void;
  /** Blocks the process until a message is there; undefined when the other side is gone. */
  receive(): unknown;
}

/**
 * The channel over a file descriptor whose two sides talk in turns, so that nothing follows a
 * message before it is answered.
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

// The end of a pipe is an error on Windows, and so is a reset on all platforms.
function readOrNothing(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EOF' || code === 'ECONNRESET' || code === 'EPIPE') return 0;
    throw cause;
  }
}
