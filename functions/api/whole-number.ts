import { z } from 'zod';

/** A whole number from 1 to `max`; `fallback` if it is left out. */
export const wholeNumber = (name: string, { max, fallback }: { max: number; fallback: number }) =>
  optionalWholeNumber(name, { max }).transform(given => given ?? fallback);

/** An optional whole number from 1 to `max`. */
export const optionalWholeNumber = (name: string, { max }: { max: number }) => {
  const rule = `${name} must be a whole number from 1 to ${max}.`;
  return z
    .int(rule)
    .min(1, rule)
    .max(max, rule)
    .nullish()
    .transform(given => given ?? undefined);
};
