import { shortMessage } from './short-text.ts';

/** A position in the request's text, in AppSync's form. */
export interface Location {
  line: number;
  column: number;
  sourceName: null;
}

export type Path = readonly (string | number)[];

/** An entry of `errors` that belongs to a field or to the whole operation. */
export interface ErrorEntry {
  path: Path | null;
  data: unknown;
  errorType: string | null;
  errorInfo: unknown;
  locations: Location[] | null;
  message: string;
}

/** The entry of an operation that was refused before its execution. */
export function operationError(
  message: string,
  locations: Location[] | null,
  errorType = 'ValidationError',
): ErrorEntry {
  return { path: null, data: null, errorType, errorInfo: null, locations, message: shortMessage(message) };
}

export function toLocations(
  locations: readonly { line: number; column: number }[] | undefined,
): Location[] | null {
  return locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null;
}

/** `/listSites/items[0]/name` */
export function pathText(path: Path): string {
  return path.map(key => (typeof key === 'number' ? `[${key}]` : `/${key}`)).join('');
}
