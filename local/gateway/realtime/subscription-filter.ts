/** `extensions.setSubscriptionFilter`: one of the groups must match, with all of its filters. */
export interface SubscriptionFilter {
  filterGroup: { filters: FieldFilter[] }[];
}

interface FieldFilter {
  /** `severity` or, in an object, `owner.name`. */
  fieldName: string;
  operator: string;
  value: unknown;
}

type Test = (field: unknown, wanted: unknown) => boolean;

const TESTS: Record<string, Test> = {
  eq: (field, wanted) => field === wanted,
  ne: (field, wanted) => field !== wanted,
  le: (field, wanted) => order(field, wanted) <= 0,
  lt: (field, wanted) => order(field, wanted) < 0,
  ge: (field, wanted) => order(field, wanted) >= 0,
  gt: (field, wanted) => order(field, wanted) > 0,
  in: (field, wanted) => asList(wanted).includes(field),
  notIn: (field, wanted) => !asList(wanted).includes(field),
  contains,
  notContains: (field, wanted) => !contains(field, wanted),
  beginsWith: (field, wanted) =>
    typeof field === 'string' && typeof wanted === 'string' && field.startsWith(wanted),
  between: (field, wanted) => {
    const [from, to] = asList(wanted);
    return order(field, from) >= 0 && order(field, to) <= 0;
  },
};

/** The problem of a filter; undefined if it is valid. */
export function filterProblem(filter: unknown): string | undefined {
  const groups = (filter as Partial<SubscriptionFilter> | null)?.filterGroup;
  if (!Array.isArray(groups)) return 'a subscription filter needs a filterGroup';
  const unknown = groups
    .flatMap(group => group?.filters ?? [])
    .find(({ operator }) => TESTS[operator] === undefined);
  return unknown && `the subscription filter's operator ${unknown.operator} isn't available`;
}

export function matchesFilter(value: unknown, { filterGroup }: SubscriptionFilter): boolean {
  return filterGroup.some(({ filters }) =>
    filters.every(({ fieldName, operator, value: wanted }) =>
      TESTS[operator]!(fieldOf(value, fieldName), wanted),
    ),
  );
}

function fieldOf(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null)?.[name], value);
}

function contains(field: unknown, wanted: unknown): boolean {
  if (typeof field === 'string') return typeof wanted === 'string' && field.includes(wanted);
  return asList(field).includes(wanted);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Below, equal to or above 0; NaN if the values can't be compared. */
function order(field: unknown, wanted: unknown): number {
  if (typeof field === 'number' && typeof wanted === 'number') return field - wanted;
  if (typeof field !== 'string' || typeof wanted !== 'string') return Number.NaN;
  return field < wanted ? -1 : Number(field > wanted);
}
