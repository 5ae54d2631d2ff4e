import { z } from 'zod';
import type { OperationName } from '../../core/access/roles.ts';
import { idArgument } from '../../core/answers/id-argument.ts';
import { ENUM_VALUES, INPUT_FIELDS, OPERATION_ARGUMENTS } from '../../graphql/arguments.generated.ts';

/** Maximum characters of a text in any argument; resolvers may allow less. */
const MAX_TEXT_LENGTH = 1024;

/** Arguments that may be longer, in characters. */
const LONGER: Record<string, number> = { next_token: 4096, public_key: 4096 };

/** Maximum entries of any list; resolvers may allow less. */
const MAX_LIST_LENGTH = 100;

const text = (max: number) =>
  z
    .string('must be text')
    .max(max, `must have at most ${max} characters`)
    .refine(given => given.isWellFormed(), 'must be well-formed Unicode');

/**
 * One schema per scalar. The size of numbers and booleans is bounded; their resolvers validate
 * them.
 */
const KINDS: Record<string, z.ZodType> = {
  ID: idArgument,
  String: text(MAX_TEXT_LENGTH),
  AWSDateTime: text(64),
  AWSJSON: text(MAX_TEXT_LENGTH),
  Int: z.unknown().transform(withoutContent),
  Float: z.unknown().transform(withoutContent),
  Boolean: z.unknown().transform(withoutContent),
};

/**
 * The schema of an operation's arguments, derived from the GraphQL schema: the type of each
 * argument, and its maximum size. So new arguments in the GraphQL schema are bounded before their
 * resolver sees them. Names that the GraphQL schema doesn't have are dropped.
 */
export function argumentSchema(operation: OperationName): z.ZodType<Record<string, unknown>> {
  const known = made.get(operation);
  if (known) return known;
  const schema = fieldsSchema(OPERATION_ARGUMENTS[operation]);
  made.set(operation, schema);
  return schema;
}

const made = new Map<OperationName, z.ZodType<Record<string, unknown>>>();

function fieldsSchema(fields: Record<string, string>): z.ZodType<Record<string, unknown>> {
  const schemas = Object.entries(fields).map(([name, type]) => [name, fieldSchema(name, type)]);
  return z.object(Object.fromEntries(schemas), 'must be an object');
}

/** @param type in GraphQL notation, such as `[ID!]!` */
function fieldSchema(name: string, type: string): z.ZodType {
  const schema = bareSchema(name, type.replace(/!$/, ''));
  return type.endsWith('!') ? schema : schema.nullish();
}

function bareSchema(name: string, type: string): z.ZodType {
  const [, item] = /^\[(.+)\]$/.exec(type) ?? [];
  if (item !== undefined) {
    return z
      .array(z.unknown(), 'must be a list')
      .max(MAX_LIST_LENGTH, `must have at most ${MAX_LIST_LENGTH} entries`)
      .pipe(z.array(fieldSchema(name, item)));
  }
  if (type === 'String' && Object.hasOwn(LONGER, name)) return text(LONGER[name]!);
  const values = (ENUM_VALUES as Record<string, readonly string[]>)[type];
  if (values) return z.enum(values, `must be ${oneOf(values)}`);
  const fields = (INPUT_FIELDS as Record<string, Record<string, string>>)[type];
  if (fields) return fieldsSchema(fields);
  const kind = KINDS[type];
  if (!kind) throw new Error(`Scalar ${type} has no bounds: add them to KINDS.`);
  return kind;
}

/** @example oneOf(['A', 'B', 'C']) // 'A, B or C' */
const oneOf = (values: readonly string[]) => [values.slice(0, -1).join(', '), values.at(-1)].join(' or ');

// A text or an object instead of a number becomes NaN, so that messages and logs don't contain it.
function withoutContent(given: unknown): unknown {
  return typeof given === 'number' || typeof given === 'boolean' || given == null ? given : Number.NaN;
}
