import { Lexer, Source, TokenKind } from 'graphql';
import { WORK_LIMITS } from '../limits.ts';

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/**
 * Why a query is too large to parse; undefined if it is not. Parsers and validators are recursive.
 * @throws GraphQLError
 */
export function tokenProblem(query: string): string | undefined {
  const { tokens, nesting } = WORK_LIMITS;
  const lexer = new Lexer(new Source(query));
  let depth = 0;
  let count = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    if (++count > tokens) {
      return `The query has more than ${tokens} tokens. Pass lists of values as variables, or split the request.`;
    }
    if (OPENING.includes(token.kind)) depth++;
    if (CLOSING.includes(token.kind)) depth--;
    if (depth > nesting) return `The query nests deeper than ${nesting} levels.`;
  }
  return undefined;
}

/**
 * Whether objects and arrays of a JSON text nest deeper than `limit`. The result is arbitrary for
 * text that is not JSON.
 */
export function jsonNestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') {
      if (++depth > limit) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}
