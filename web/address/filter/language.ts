import { type FilterProblem, readTerms, type Term, writeTerms } from './terms.ts';

/** Names of objects by kind, such as `site`; the page reads them from the API. */
export type Names = Readonly<Record<string, readonly Named[]>>;

export interface Named {
  id: string;
  name: string;
}

export type FilterValue = string | number;

/** Lists of values, by the field's name in the API. */
export type FilterValues = Readonly<Record<string, readonly FilterValue[]>>;

/** A filter: of each list one value must match, and no value of `not` may match. */
export interface Filter {
  values: FilterValues;
  not: FilterValues;
}

/** A field that a filter's text may have. */
export interface FilterField {
  /** Its name in the text, such as `site`. */
  name: string;
  /** The API's name of the list of its values, such as `site_ids`. */
  list: string;
  /** A description for people, such as "a site". */
  what: string;
  /** Reads a value. @returns a sentence that says what is allowed, if the text is not a value */
  read(text: string, names: Names): { value: FilterValue } | { problem: string };
  /** Writes a value as text; the reverse of `read`. */
  write(value: FilterValue, names: Names): string;
  /** Suggested values. */
  offers(names: Names): readonly string[];
}

export interface FilterLanguage {
  fields: readonly FilterField[];
  /** The field of a value without a field name; undefined: the name is required. */
  fieldOf(text: string): string | undefined;
}

export interface ReadFilter {
  filter: Filter;
  /**
   * In the order of the text. If there are any, the filter holds only the terms that could be read.
   */
  problems: FilterProblem[];
}

/**
 * Reads a filter from its text.
 *
 * @example readFilter(FLOW_LANGUAGE, 'port:443 -app:web', {}).filter // { values: { ports: ['443'] }, not: { applications: ['Web'] } }
 */
export function readFilter(language: FilterLanguage, text: string, names: Names): ReadFilter {
  const { terms, problems } = readTerms(text);
  const filter = { values: {} as Lists, not: {} as Lists };
  for (const { not, field: written, values, places, from, to } of terms) {
    const fieldCalled = (name: string | undefined) => language.fields.find(field => field.name === name);
    // An IPv6 address has colons too.
    const alone = written === '' ? values[0]! : `${written}:${values[0]}`;
    const field = fieldCalled(written) ?? fieldCalled(language.fieldOf(alone));
    if (!field) {
      problems.push({ from, to, message: unknownField(language, written) });
      continue;
    }
    const texts = field.name === written ? values : [alone, ...values.slice(1)];
    for (const [index, text] of texts.entries()) {
      const read = field.read(text, names);
      if ('problem' in read) problems.push({ ...places[index]!, message: read.problem });
      else addTo(not ? filter.not : filter.values, field.list, read.value);
    }
  }
  problems.sort((a, b) => a.from - b.from);
  return { filter, problems };
}

/** A filter as the API expects it. */
export function filterInput({ values, not }: Filter): object {
  return { ...values, ...(Object.keys(not).length > 0 && { not }) };
}

/** Writes a filter as text: fields in the language's order, excluded values last. */
export function writeFilter(language: FilterLanguage, filter: Filter, names: Names): string {
  const termsOf = (not: boolean): Term[] =>
    language.fields.flatMap(({ name, list, write }) => {
      const values = (not ? filter.not : filter.values)[list] ?? [];
      return values.length === 0
        ? []
        : [{ not, field: name, values: values.map(value => write(value, names)) }];
    });
  return writeTerms([...termsOf(false), ...termsOf(true)]);
}

type Lists = Record<string, FilterValue[]>;

function addTo(lists: Lists, list: string, value: FilterValue): void {
  lists[list] ??= [];
  if (!lists[list].includes(value)) lists[list].push(value);
}

function unknownField({ fields }: FilterLanguage, written: string): string {
  const known = fields.map(({ name }) => name).join(', ');
  return written === ''
    ? `Write a field before it, such as ${fields[0]!.name}:x. Fields are ${known}.`
    : `There is no field ${written}. Fields are ${known}.`;
}
