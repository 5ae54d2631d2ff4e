import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

export interface FunctionLogs {
  /** The log file of a function. */
  file(name: string): string;
  /** The writer for a function's output. */
  writer(name: string): (text: string) => void;
  close(): Promise<void>;
}

/**
 * One new log file per function in a folder. `echo` also gets every line, prefixed with the
 * function's name.
 */
export function openFunctionLogs(
  folder: string,
  { echo }: { echo?: ((line: string) => void) | undefined } = {},
): FunctionLogs {
  mkdirSync(folder, { recursive: true });
  const streams: WriteStream[] = [];
  const file = (name: string): string => join(folder, `${name}.log`);
  return {
    file,
    writer(name) {
      const stream = createWriteStream(file(name));
      streams.push(stream);
      return text => {
        stream.write(text);
        if (echo) for (const line of text.trimEnd().split('\n')) echo(`${name} │ ${line}`);
      };
    },
    async close() {
      await Promise.all(streams.map(stream => new Promise<void>(resolve => stream.end(resolve))));
    },
  };
}
