import { ValidationError } from '../errors.ts';

/**
 * An opaque `next_token`: the position of the next page as a short list of texts. `kind` is the
 * name of its list.
 */
export function makePageToken(kind: string, position: string[]): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

/**
 * The position in a token that {@link makePageToken} made for the same kind; undefined without a
 * token. `shape` has a pattern for each part.
 * @throws ValidationError for any other text.
 */
export function readPageToken(
  kind: string,
  token: string | null | undefined,
  shape: readonly RegExp[],
): string[] | undefined {
  if (token === null || token === undefined) return undefined;
  const parts = parse(token);
  if (parts?.length === shape.length + 1 && parts[0] === kind) {
    const position = parts.slice(1);
    if (shape.every((pattern, index) => isText(position[index], pattern))) return position as string[];
  }
  throw new ValidationError(
    'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
    { arguments: ['next_token'] },
  );
}

const MAX_TOKEN_LENGTH = 4096;

function parse(token: string): unknown[] | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
