import { type FilterProblem, readTerms, type Term, writeTerms } from './terms.ts';

/** What people call things, by kind, such as `site`: read from the network by the page. */
export type Names = Readonly<Record<string, readonly Named[]>>;

export interface Named {
  id: string;
  name: string;
}

export type FilterValue = string | number;

/** Lists of values by the API's name of the field. */
export type FilterValues = Readonly<Record<string, readonly FilterValue[]>>;

/** What a text asks for: of each list one value holds, and none of those of `not` does. */
export interface Filter {
  values: FilterValues;
  not: FilterValues;
}

/** A field that a filter's text may have. */
export interface FilterField {
  /** As it is written, such as `site`. */
  name: string;
  /** The API's list of its values, such as `site_ids`. */
  list: string;
  /** For a person, such as "a site". */
  what: string;
  /** The value of a text. @returns a sentence that says what is allowed where it is none */
  read(text: string, names: Names): { value: FilterValue } | { problem: string };
  /** The text of a value; the opposite of `read`. */
  write(value: FilterValue, names: Names): string;
  /** Values that are offered. */
  offers(names: Names): readonly string[];
}

export interface FilterLanguage {
  fields: readonly FilterField[];
  /** The field of a value that stands alone; undefined: it has to have one. */
  fieldOf(text: string): string | undefined;
}

export interface ReadFilter {
  filter: Filter;
  /** In the order of the text; where there is any, the filter holds what could be read. */
  problems: FilterProblem[];
}

/**
 * The filter of a text.
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

/** A filter as the API takes it. */
export function filterInput({ values, not }: Filter): object {
  return { ...values, ...(Object.keys(not).length > 0 && { not }) };
}

/** The text of a filter: fields in the language's order, what is ruled out last. */
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
    ? `Write a field in front of it, such as ${fields[0]!.name}:x. Fields are ${known}.`
    : `There is no field ${written}. Fields are ${known}.`;
}
