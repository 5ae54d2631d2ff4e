import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { userPath } from '../../edge/cli/option-values.ts';
import { EdgeError } from '../../edge/edge-error.ts';

/**
 * Asks the person at the terminal. Questions go to the standard error, so that the standard output
 * has only results.
 */
export interface Person {
  ask(question: string): Promise<string>;
  /** The typed text isn't shown. */
  askSecret(question: string): Promise<string>;
}

/**
 * The person at this terminal. Questions throw EdgeError if there is no terminal, or if the person
 * cancels.
 */
export function personAtTerminal(): Person {
  return { ask: question => ask(question, false), askSecret: question => ask(question, true) };
}

async function ask(question: string, hidden: boolean): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new EdgeError(
      `There is no terminal to ask for "${question}": give a password with --password-file, or a token with PATRONUS_TOKEN.`,
    );
  }
  process.stderr.write(`${question}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: true,
  });
  const ended = new AbortController();
  for (const event of ['SIGINT', 'close']) lines.once(event, () => ended.abort());
  try {
    return (await lines.question('', { signal: ended.signal })).trim();
  } catch (cause) {
    throw new EdgeError('Cancelled.', { cause });
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
}

/** Reads a file that a person names. @throws EdgeError if it can't be read */
export async function givenFile(file: string): Promise<string> {
  try {
    return await readFile(userPath(file), 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new EdgeError(`${file} can't be read (${code}): check its name and permissions.`, { cause });
  }
}

/**
 * Reads the first line of a file.
 * @throws EdgeError if it can't be read, or if the line is empty
 */
export async function firstLine(file: string): Promise<string> {
  const [line = ''] = (await givenFile(file)).split(/\r?\n/);
  if (line === '') throw new EdgeError(`The first line of ${file} is empty.`);
  return line;
}
