import type { z } from 'zod';
import { brokenRules } from '../../core/errors.ts';

/**
 * Validates arguments. The message of a rule is a whole sentence, or the text after the argument's
 * name, such as "must be …".
 * @throws ValidationError with all broken rules, each once
 */
export function parseArguments<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw brokenRules(parsed.error.issues);
}
