import { z } from 'zod';

/** An AWSDateTime as milliseconds since the epoch. */
export const timeArgument = z
  .string()
  .transform(text => Date.parse(text))
  .refine(ms => Number.isFinite(ms), 'must be a time such as 2026-01-31T12:00:00Z');

/** An optional AWSDateTime. */
export const optionalTime = timeArgument.nullish().transform(given => given ?? undefined);
