import { readFile } from 'node:fs/promises';
import { type Document, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { quoted } from '../../core/errors.ts';
import { policyMatchSchema } from '../../core/policy/policy-schema.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { checkNames } from './check-names.ts';
import type { FileNetwork, Problem } from './network-model.ts';
import { networkSchema } from './network-schema.ts';

/** So large a file is not a network. */
const MAX_BYTES = 50_000_000;
/** So many problems are told at once. */
const MAX_PROBLEMS = 20;

/** A file of the network can't be used. Its message names each problem with line and column. */
export class NetworkFileError extends EdgeError {
  readonly positions: readonly { line: number; column: number }[];

  constructor(message: string, positions: readonly { line: number; column: number }[] = []) {
    super(message);
    this.positions = positions;
  }
}

/** A file as it was read, with its comments and places. */
export interface NetworkFile {
  network: FileNetwork;
  document: Document;
  /** An error that names the places of problems in this file. */
  errorOf(problems: readonly Problem[]): NetworkFileError;
}

/**
 * @throws NetworkFileError when it can't be read or isn't what it should be; `shownAs`: its name in
 * messages
 */
export async function readNetworkFile(path: string, shownAs: string): Promise<NetworkFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new NetworkFileError(
      `${shownAs} can't be read (${(cause as NodeJS.ErrnoException).code}): give a file that network export wrote.`,
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new NetworkFileError(`${shownAs} has ${bytes.length} bytes, and ${MAX_BYTES} are allowed.`);
  }
  return parseNetworkFile(bytes.toString('utf8'), shownAs);
}

/**
 * What `npm run` prints before a program does, in a file that its output was led to: lines of this
 * kind are remarks.
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
    // The API's own schema of a match says it in words of the library.
    const text = message.startsWith('is ')
      ? message
      : `is not known here: known are ${Object.keys(policyMatchSchema.shape).join(', ')}`;
    return issue.keys.map(key => ({ path: [...path, key], message: `${quoted(key)} ${text}.` }));
  }
  // Rules of the API are sentences that name their field.
  if (!/^(must|is) /.test(message))
    return [{ path, message: message.endsWith('.') ? message : `${message}.` }];
  const last = path.at(-1);
  const label = typeof last === 'number' ? `an item of ${String(path.at(-2))}` : String(last ?? 'the file');
  return [{ path, message: `${label} ${message}.` }];
}

/**
 * Where the value at a path begins, or the key of one that is not known; the nearest one around it
 * where there is none.
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
