/** A part of a filter's text, such as `-port:22,3389`. */
export interface Term {
  /** Whether its values exclude a flow. */
  not: boolean;
  field: string;
  values: readonly string[];
}

/** A range of characters: from `from` up to but not including `to`. */
export interface Place {
  from: number;
  to: number;
}

/** A term that was read, with its place in the text. */
export interface ReadTerm extends Term, Place {
  places: readonly Place[];
}

/** A problem with a text, and where it is. */
export interface FilterProblem extends Place {
  message: string;
}

export interface ReadTerms {
  terms: ReadTerm[];
  problems: FilterProblem[];
}

/** Characters that a value may have without quotes. */
const PLAIN = /^[^\s",]+$/;

const TERM = /\S+/y;
const HEAD = /(-?)([a-z_]+):/y;
const VALUE = /"(?:[^"\\]|\\.)*"|[^\s",]+/y;

/**
 * Reads terms that are separated by spaces. A value with spaces, commas or quotes must be quoted;
 * inside quotes a backslash escapes the next character. A text without a field is a term of the
 * field ''.
 */
export function readTerms(text: string): ReadTerms {
  const terms: ReadTerm[] = [];
  const problems: FilterProblem[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (take(/\s*/y); at < text.length; take(/\s*/y)) {
    const from = at;
    const head = take(HEAD);
    if (!head && text[at] === '-') at += 1;
    const values: string[] = [];
    const places: Place[] = [];
    let problem: string | undefined;
    do {
      const begin = at;
      const value = take(VALUE);
      if (value) {
        values.push(plainOf(value[0]));
        places.push({ from: begin, to: at });
      } else {
        problem =
          text[at] === '"'
            ? 'This quote is not closed: write another " after the value.'
            : `Write a value here, such as ${head?.[2] ?? 'site'}:x; separate values by commas, without spaces.`;
      }
    } while (problem === undefined && take(/,/y));
    if (problem === undefined && at < text.length && !/\s/.test(text[at]!)) {
      problem = 'Write a space before the next term, or a comma between values.';
    }
    if (problem !== undefined) {
      const wrong = at;
      take(TERM);
      problems.push({ from: wrong, to: Math.max(at, wrong + 1), message: problem });
      continue;
    }
    terms.push({ not: text[from] === '-', field: head?.[2] ?? '', values, from, to: at, places });
  }
  return { terms, problems };
}

/**
 * The reverse of `readTerms`. @example writeTerms([{ not: true, field: 'app', values: ['web'] }])
 * // '-app:web'
 */
export function writeTerms(terms: readonly Term[]): string {
  return terms
    .map(({ not, field, values }) => `${not ? '-' : ''}${field}:${values.map(writeValue).join(',')}`)
    .join(' ');
}

/** A value as it is written in a text, quoted if necessary. */
export function writeValue(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function plainOf(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
}
