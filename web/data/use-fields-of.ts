import { useMemo } from 'react';

/**
 * What was wrong with the fields of an input object, by their own names, as a form has them:
 * `input.from` is `from`. The same object until other errors come.
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
