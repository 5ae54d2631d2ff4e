import type { z } from 'zod';
import { brokenRules } from '../../core/errors.ts';

/**
 * Checks arguments. A rule's message is a whole sentence or what follows the argument's name, such
 * as "must be …".
 * @throws ValidationError with what is wrong, each rule said once
 */
export function parseArguments<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw brokenRules(parsed.error.issues);
}
