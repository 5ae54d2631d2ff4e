import { EdgeError } from '../edge-error.ts';

/** A JSON document with the line numbers of its values. */
export interface JsonDocument {
  value: unknown;
  /** Line (from 1) of the value at a path, or of the closest enclosing value. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** A syntax error in a JSON text, with its line. */
export class JsonSyntaxError extends EdgeError {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Maximum nesting of a document. */
const MAX_DEPTH = 64;

const TOKEN =
  /(?<space>[ \t\r\n]+)|(?<text>"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|(?<word>true|false|null)(?!\w)|(?<mark>[[\]{}:,])/uy;

interface Token {
  kind: 'literal' | 'mark' | 'end';
  source: string;
  line: number;
}

/** Reads JSON that a person wrote. @throws JsonSyntaxError */
export function parseJsonDocument(text: string): JsonDocument {
  const tokens = tokenize(text.replace(/^\uFEFF/, ''));
  const lines = new Map<string, number>();
  let token = tokens.next().value;

  function take(): Token {
    const taken = token;
    token = tokens.next().value;
    return taken;
  }

  function expect(...sources: string[]): string {
    if (token.kind === 'mark' && sources.includes(token.source)) return take().source;
    throw unexpected(token, sources.map(source => `"${source}"`).join(' or '));
  }

  function isNext(source: string): boolean {
    return token.kind === 'mark' && token.source === source;
  }

  function value(path: readonly PropertyKey[]): unknown {
    lines.set(pathKey(path), token.line);
    if (path.length > MAX_DEPTH) throw new JsonSyntaxError(token.line, 'is nested too deeply');
    if (token.kind === 'literal') return JSON.parse(take().source);
    if (isNext('[')) return array(path);
    if (isNext('{')) return object(path);
    throw unexpected(token, 'a value');
  }

  function array(path: readonly PropertyKey[]): unknown[] {
    take();
    const items: unknown[] = [];
    if (!isNext(']')) {
      do items.push(value([...path, items.length]));
      while (expect(',', ']') === ',');
      return items;
    }
    take();
    return items;
  }

  function object(path: readonly PropertyKey[]): Record<string, unknown> {
    take();
    const entries: [string, unknown][] = [];
    if (isNext('}')) {
      take();
      return {};
    }
    do {
      if (token.kind !== 'literal' || !token.source.startsWith('"')) {
        throw unexpected(token, 'a name in double quotes');
      }
      const name: string = JSON.parse(take().source);
      expect(':');
      entries.push([name, value([...path, name])]);
    } while (expect(',', '}') === ',');
    return Object.fromEntries(entries);
  }

  const root = value([]);
  if (token.kind !== 'end') throw unexpected(token, 'the end of the file');
  return {
    value: root,
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(pathKey(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return lines.get(pathKey([])) ?? 1;
    },
  };
}

function* tokenize(text: string): Generator<Token, Token, undefined> {
  let line = 1;
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw unexpected({ kind: 'literal', source: wordAt(text, at), line }, 'JSON');
    at = TOKEN.lastIndex;
    const { space, mark } = match.groups!;
    if (space === undefined) yield { kind: mark ? 'mark' : 'literal', source: match[0], line };
    else line += space.split('\n').length - 1;
  }
  const end: Token = { kind: 'end', source: '', line };
  for (;;) yield end;
}

function wordAt(text: string, at: number): string {
  return /^(\w+|.)/u.exec(text.slice(at, at + 20))?.[0] ?? '';
}

function unexpected({ kind, source, line }: Token, expected: string): JsonSyntaxError {
  const found = kind === 'end' ? 'the file ends' : `${source} was found`;
  return new JsonSyntaxError(line, `${expected} was expected, but ${found}`);
}

function pathKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}
