import { readFile } from 'node:fs/promises';
import { type Document, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { quoted } from '../../core/errors.ts';
import { policyMatchSchema } from '../../core/policy/policy-schema.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { checkNames } from './check-names.ts';
import type { FileNetwork, Problem } from './network-model.ts';
import { networkSchema } from './network-schema.ts';

/** The size limit of a file. */
const MAX_BYTES = 50_000_000;
/** The most problems that are reported at once. */
const MAX_PROBLEMS = 20;

/** A network file is invalid. The message names each problem with line and column. */
export class NetworkFileError extends EdgeError {
  readonly positions: readonly { line: number; column: number }[];

  constructor(message: string, positions: readonly { line: number; column: number }[] = []) {
    super(message);
    this.positions = positions;
  }
}

/** A parsed file, with its comments and positions. */
export interface NetworkFile {
  network: FileNetwork;
  document: Document;
  /** Creates an error with the positions of problems in this file. */
  errorOf(problems: readonly Problem[]): NetworkFileError;
}

/** @throws NetworkFileError when it can't be read or is invalid; `shownAs`: its name in messages */
export async function readNetworkFile(path: string, shownAs: string): Promise<NetworkFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new NetworkFileError(
      `${shownAs} can't be read (${(cause as NodeJS.ErrnoException).code}): use a file written by network export.`,
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new NetworkFileError(`${shownAs} has ${bytes.length} bytes; ${MAX_BYTES} are allowed.`);
  }
  return parseNetworkFile(bytes.toString('utf8'), shownAs);
}

/**
 * Lines that `npm run` prints before the program's output; in a redirected file they are treated as
 * comments.
 */
const NPM_BANNER = /^(?:\r?\n)?(?:> .*\n)+/;

/** @throws NetworkFileError */
export function parseNetworkFile(given: string, shownAs: string): NetworkFile {
  const text = given.replace(NPM_BANNER, banner => banner.replace(/^>/gm, '#'));
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const error = (found: { offset: number; message: string }[]): NetworkFileError => {
    const placed = found.map(({ offset, message }) => ({ ...at(offset), message }));
    placed.sort((a, b) => a.line - b.line || a.column - b.column);
    const lines = placed
      .slice(0, MAX_PROBLEMS)
      .map(({ line, column, message }) => `${shownAs}:${line}:${column}: ${message}`);
    const more = placed.length - lines.length;
    return new NetworkFileError([...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n'), placed);
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0)
    throw error(broken.map(({ pos, message }) => ({ offset: pos[0], message: `${message}.` })));
  const errorOf = (problems: readonly Problem[]) =>
    error(problems.map(({ path, message }) => ({ offset: offsetOf(document, path), message })));
  const parsed = networkSchema.safeParse(toValue(document, error));
  if (!parsed.success) throw errorOf(parsed.error.issues.flatMap(problemsOf));
  const problems = checkNames(parsed.data);
  if (problems.length > 0) throw errorOf(problems);
  return { network: parsed.data, document, errorOf };
}

/** Aliases are bounded by the library. */
function toValue(
  document: Document,
  error: (found: { offset: number; message: string }[]) => Error,
): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw error([{ offset: 0, message: `${(cause as Error).message}.` }]);
  }
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    // For the API's schema of a match the message is the library's.
    const text = message.startsWith('is ')
      ? message
      : `is unknown; known keys are ${Object.keys(policyMatchSchema.shape).join(', ')}`;
    return issue.keys.map(key => ({ path: [...path, key], message: `${quoted(key)} ${text}.` }));
  }
  // Messages of the API's rules already name their field.
  if (!/^(must|is) /.test(message))
    return [{ path, message: message.endsWith('.') ? message : `${message}.` }];
  const last = path.at(-1);
  const label = typeof last === 'number' ? `an item of ${String(path.at(-2))}` : String(last ?? 'the file');
  return [{ path, message: `${label} ${message}.` }];
}

/**
 * The position of the value at a path, or of an unknown key; if there is none, the position of the
 * nearest enclosing value.
 */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const parent = document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isNode(key) && String(key) === String(path.at(-1)));
    if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
  }
  for (let length = path.length; length >= 0; length--) {
    const node = (length === 0 ? document.contents : document.getIn(path.slice(0, length), true)) as
      | Node
      | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}
