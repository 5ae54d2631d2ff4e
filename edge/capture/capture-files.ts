import { constants, read } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { EdgeError } from '../edge-error.ts';

/**
 * Large enough that system calls cost little compared with the parsing, small enough that a piece
 * fits in the CPU's caches.
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
 * A file in pieces; the next one is read while the current one is processed. A piece is valid until
 * the next one is requested.
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

/** Uses Node's callback API, because a file handle's `read` needs a tenth more CPU time. */
function readPiece(file: number, buffer: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    read(file, buffer, 0, buffer.length, null, (cause, bytesRead) => {
      if (cause) reject(cause);
      else resolve(buffer.subarray(0, bytesRead));
    });
  });
}
