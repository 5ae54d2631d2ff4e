import type { Answer } from './ask.ts';
import { ApiError } from './errors.ts';

/** One part of an answer whose parts fail independently: its data, or its error. */
export interface Part<Value> {
  data: Value | null | undefined;
  error: Error | null;
}

/**
 * The field `name` of the operation's only root field, such as `problems` of `overview`, with its
 * error. Undefined data: it is loading.
 */
export function partOf<Root extends object, Name extends keyof Root & string>(
  { data, error }: { data: Answer<Record<string, Root>> | undefined; error: Error | null },
  root: string,
  name: Name,
): Part<NonNullable<Root[Name]>> {
  const entries = data?.errors.filter(({ path }) => path?.[0] === root && path[1] === name) ?? [];
  const value = data?.data[root]?.[name] as NonNullable<Root[Name]> | null | undefined;
  return { data: value, error: entries.length > 0 ? new ApiError(entries) : error };
}
