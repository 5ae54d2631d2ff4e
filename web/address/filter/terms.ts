/** A part of a filter's text, such as `-port:22,3389`. */
export interface Term {
  /** Whether its values rule a flow out. */
  not: boolean;
  field: string;
  values: readonly string[];
}

/** Where something is in a text: from the first character on, up to and without `to`. */
export interface Place {
  from: number;
  to: number;
}

/** A term as it was read. */
export interface ReadTerm extends Term, Place {
  places: readonly Place[];
}

/** What is wrong with a text, and where. */
export interface FilterProblem extends Place {
  message: string;
}

export interface ReadTerms {
  terms: ReadTerm[];
  problems: FilterProblem[];
}

/** What a value may hold without quotes. */
const PLAIN = /^[^\s",]+$/;

const TERM = /\S+/y;
const HEAD = /(-?)([a-z_]+):/y;
const VALUE = /"(?:[^"\\]|\\.)*"|[^\s",]+/y;

/**
 * Reads terms with spaces between them. A value with spaces, commas or quotes is in quotes, in
 * which a backslash takes the next character as it is. A text without a field is a term of the
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
            ? 'This quote has no end: write another " behind the value.'
            : `Write a value here, such as ${head?.[2] ?? 'site'}:x; values have commas between them and no spaces.`;
      }
    } while (problem === undefined && take(/,/y));
    if (problem === undefined && at < text.length && !/\s/.test(text[at]!)) {
      problem = 'Put a space between this and the next term, or a comma between values.';
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
 * The opposite of `readTerms`. @example writeTerms([{ not: true, field: 'app', values: ['web'] }])
 * // '-app:web'
 */
export function writeTerms(terms: readonly Term[]): string {
  return terms
    .map(({ not, field, values }) => `${not ? '-' : ''}${field}:${values.map(writeValue).join(',')}`)
    .join(' ');
}

/** A value as a text has it, in quotes where it needs them. */
export function writeValue(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function plainOf(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
}
