import type { Search } from '../../address/search.ts';

/** The fields to group and filter traffic by, by their names in the address. */
export const FIELDS = {
  policy: { group: 'POLICY', one: 'Policy', many: 'Policies' },
  site: { group: 'SITE', one: 'Site', many: 'Sites' },
  endpoint: { group: 'ENDPOINT', one: 'Endpoint', many: 'Endpoints' },
  edge: { group: 'EDGE', one: 'Edge', many: 'Edges' },
} as const;

export type Field = keyof typeof FIELDS;

export const FIELD_NAMES = Object.keys(FIELDS) as Field[];

/** Ids of a field: traffic must have one of `only` and none of `not`. An empty list: any. */
export interface Chosen {
  only: readonly string[];
  not: readonly string[];
}

export type TrafficFilters = Record<Field, Chosen>;

/** The page's state in the address, apart from the range. */
export interface TrafficChoice {
  by: Field;
  filters: TrafficFilters;
}

const DEFAULT_FIELD: Field = 'policy';

/** Reads the state of an address; invalid parts are left out. */
export function readTraffic(search: Search): TrafficChoice {
  const { by = DEFAULT_FIELD } = search;
  const chosen = (field: Field): Chosen => ({
    only: readList(search[field]),
    not: readList(search[`not-${field}`]),
  });
  return {
    by: Object.hasOwn(FIELDS, by) ? (by as Field) : DEFAULT_FIELD,
    filters: Object.fromEntries(FIELD_NAMES.map(field => [field, chosen(field)])) as TrafficFilters,
  };
}

type IdLists = { [F in Field as `${F}_ids`]?: string[] };

/** The filter as the API expects it; null if there is no filter. */
export type ApiFilter = (IdLists & { not?: IdLists }) | null;

export function apiFilter(filters: TrafficFilters): ApiFilter {
  const lists = (list: keyof Chosen): IdLists =>
    Object.fromEntries(
      FIELD_NAMES.filter(field => filters[field][list].length > 0).map(field => [
        `${field}_ids`,
        [...filters[field][list]],
      ]),
    );
  const [only, not] = [lists('only'), lists('not')];
  const excludes = Object.keys(not).length > 0;
  return excludes || Object.keys(only).length > 0 ? { ...only, ...(excludes && { not }) } : null;
}

/** The parts of an address for a field's filter. @example { site: 'a,b', 'not-site': undefined } */
export function writeFilter(field: Field, { only, not }: Chosen): Record<string, string | undefined> {
  return { [field]: writeList(only), [`not-${field}`]: writeList(not) };
}

/** The parts of an address for the grouping. */
export function writeGroup(by: Field): { by: string | undefined } {
  return { by: by === DEFAULT_FIELD ? undefined : by };
}

/** Adds an id to one of a field's lists and takes it out of the other. */
export function choose({ only, not }: Chosen, list: keyof Chosen, id: string): Chosen {
  const without = drop({ only, not }, id);
  return { ...without, [list]: [...without[list], id] };
}

/** Takes an id out of both lists of a field. */
export function drop({ only, not }: Chosen, id: string): Chosen {
  return { only: only.filter(each => each !== id), not: not.filter(each => each !== id) };
}

/** Ids separated by commas; a backslash escapes a comma or a backslash in an id. */
function writeList(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : ids.map(id => id.replace(/[\\,]/g, '\\$&')).join(',');
}

function readList(text = ''): string[] {
  const ids = text.match(/(?:\\.|[^\\,])+/gs) ?? [];
  return [...new Set(ids.map(id => id.replace(/\\(.)/gs, '$1')))];
}
