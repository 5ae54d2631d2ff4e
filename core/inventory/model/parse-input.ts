import { z } from 'zod';
import { brokenRules } from '../../errors.ts';

export { lowerUuid } from '../../report/uuid-text.ts';

/**
 * Validates a caller's input. The error names every broken rule.
 *
 * @throws ValidationError
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw brokenRules(parsed.error.issues);
}

// Control characters, line separators and marks that change the direction of text.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** One line of printable text that isn't blank; spaces around it are trimmed. */
export function lineOfText(field: string, maxLength: number) {
  const rule = `${field} must be 1 to ${maxLength} characters on one line, without control characters.`;
  return z
    .string(rule)
    .transform(text => text.trim())
    .refine(
      text => text.length > 0 && text.length <= maxLength && text.isWellFormed() && !UNPRINTABLE.test(text),
      rule,
    );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID in its usual form; capitals become lower case. */
export function uuid(field: string) {
  const rule = `${field} must be a UUID such as 550e8400-e29b-41d4-a716-446655440000.`;
  return z
    .string(rule)
    .regex(UUID, rule)
    .transform(text => text.toLowerCase());
}
