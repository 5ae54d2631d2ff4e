import type { z } from 'zod';
import { ValidationError } from '../../core/errors.ts';

/**
 * Checks arguments. A rule's message is a whole sentence or what follows the argument's name, such
 * as «must be …».
 * @throws ValidationError with all that is wrong, each said once
 */
export function parseArguments<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ValidationError([...new Set(parsed.error.issues.map(sentence))].join(' '));
}

function sentence({ path, message }: { path: PropertyKey[]; message: string }): string {
  return message.endsWith('.') ? message : `${path.map(String).join('.')} ${message}.`;
}
