import { useMemo } from 'react';

/**
 * Errors of the fields of an input object, by their names in the form: `input.from` becomes `from`.
 * The same object until the errors change.
 */
export function useFieldsOf(input: string, errors: Readonly<Record<string, string>>): Record<string, string> {
  return useMemo(() => {
    const start = `${input}.`;
    const named = Object.entries(errors).map(([name, message]) => [
      name.startsWith(start) ? name.slice(start.length) : name,
      message,
    ]);
    return Object.fromEntries(named);
  }, [input, errors]);
}
