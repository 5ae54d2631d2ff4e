import { Lexer, Source, TokenKind } from 'graphql';

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/** Whether braces, brackets and parentheses nest deeper than `limit`: parsers and validators recurse. @throws GraphQLError */
export function nestsDeeper(query: string, limit: number): boolean {
  const lexer = new Lexer(new Source(query));
  let depth = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    if (OPENING.includes(token.kind)) depth++;
    if (CLOSING.includes(token.kind)) depth--;
    if (depth > limit) return true;
  }
  return false;
}
