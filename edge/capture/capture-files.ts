import { constants, read } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { EdgeError } from '../edge-error.ts';

/**
 * Large enough that system calls cost little beside the parsing, small enough that a piece stays in
 * the nearer caches.
 */
const CHUNK_BYTES = 1024 * 1024;

/** Sizes of files in bytes. @throws EdgeError for the first that can't be read. */
export async function fileSizes(files: readonly { path: string; shownAs: string }[]): Promise<number[]> {
  return Promise.all(
    files.map(async ({ path, shownAs }) => {
      try {
        await access(path, constants.R_OK);
        const { size, isDirectory } = await stat(path).then(found => ({
          size: found.size,
          isDirectory: found.isDirectory(),
        }));
        if (!isDirectory) return size;
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        throw new EdgeError(`${shownAs} can't be read (${code}): give the path of a file.`, { cause });
      }
      throw new EdgeError(`${shownAs} is a folder: give the path of a file.`);
    }),
  );
}

/**
 * A file in pieces; the next one is read while the last one is worked on. A piece is only good
 * until the next.
 */
export async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
  const readInto = (turn: number) => readPiece(file.fd, buffers[turn % 2 ? 1 : 0]);
  let next = readInto(0);
  try {
    for (let turn = 0; ; turn++) {
      const piece = await next;
      if (piece.length === 0) return;
      next = readInto(turn + 1);
      yield piece;
    }
  } finally {
    await next.catch(() => {});
    await file.close();
  }
}

/** Node's call with a callback: a file handle's own `read` takes a tenth more processor time. */
function readPiece(file: number, buffer: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    read(file, buffer, 0, buffer.length, null, (cause, bytesRead) => {
      if (cause) reject(cause);
      else resolve(buffer.subarray(0, bytesRead));
    });
  });
}
