import { writeFile } from 'node:fs/promises';
import { EdgeError } from '../edge-error.ts';
import { makeOfficeCapture } from '../sample/office-capture.ts';
import { userPath } from './option-values.ts';

/**
 * `edge sample`: writes the capture that the documentation replays, to a file or to the standard
 * output.
 */
export async function sample(file: string | undefined): Promise<number> {
  const capture = makeOfficeCapture('office').file;
  if (file === undefined) {
    if (process.stdout.isTTY)
      throw new EdgeError('A capture is binary: give a file, or pipe it into edge read.');
    process.stdout.write(capture);
    return 0;
  }
  try {
    await writeFile(userPath(file), capture, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' ? 'it exists already' : code;
    throw new EdgeError(`${file} can't be written (${reason}): give another file.`, { cause });
  }
  process.stderr.write(
    `${file} is a capture of ${capture.length} bytes: five minutes of a simulated small office.\n`,
  );
  return 0;
}
