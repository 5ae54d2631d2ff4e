/** A field that a change has changed, with its values as text; undefined: it wasn't there. */
export interface Difference {
  /** The way to it, such as `match.protocol`. */
  field: string;
  before: string | undefined;
  after: string | undefined;
}

/** Times that say no more than that there was a change. */
const BESIDE_THE_POINT = new Set(['updated_at']);

/**
 * What differs between two states, given as JSON: the fields by name, inner objects field by field.
 * A state that is null has no fields, so that all of a new thing is shown.
 */
export function differences(before: string | null, after: string | null): Difference[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter(field => old.get(field) !== now.get(field) && !BESIDE_THE_POINT.has(lastName(field)))
    .map(field => ({ field, before: old.get(field), after: now.get(field) }));
}

const lastName = (field: string): string => field.slice(field.lastIndexOf('.') + 1);

function fieldsOf(json: string | null): Map<string, string> {
  const fields = new Map<string, string>();
  const visit = (value: unknown, field: string): void => {
    if (!isObject(value)) {
      if (value !== undefined && value !== null) fields.set(field || 'value', textOf(value));
      return;
    }
    for (const [name, inner] of Object.entries(value)) visit(inner, field ? `${field}.${name}` : name);
  };
  visit(json === null ? null : JSON.parse(json), '');
  return fields;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
