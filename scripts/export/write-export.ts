import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes text to a file, or to the standard output for `-`. The file gets its name when it is
 * complete; an interrupted export leaves no file.
 */
export async function writeExport(output: string, pieces: AsyncIterable<string>): Promise<void> {
  const source = Readable.from(pieces, { objectMode: false });
  if (output === '-') {
    await pipeline(source, process.stdout, { end: false });
    return;
  }
  const unfinished = `${output}.part`;
  try {
    await pipeline(source, createWriteStream(unfinished));
    await rename(unfinished, output);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw cause;
  }
}
