import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

export interface FunctionLogs {
  /** Where the log of a function is. */
  file(name: string): string;
  /** Takes what a function prints. */
  writer(name: string): (text: string) => void;
  close(): Promise<void>;
}

/**
 * One log file a function in a folder, begun anew; `echo` also gets every line, with the function's
 * name before it.
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
