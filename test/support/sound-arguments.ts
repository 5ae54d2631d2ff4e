import { ENUM_VALUES, INPUT_FIELDS } from '../../graphql/arguments.generated.ts';

/** Values of arguments, by their types, that satisfy all rules about size and type. */
const SOUND: Record<string, unknown> = {
  ID: '550e8400-e29b-41d4-a716-446655440000',
  String: 'wan1',
  Int: 1,
  Float: 1,
  Boolean: true,
  AWSDateTime: '2026-03-15T11:00:00Z',
};

const enums: Record<string, readonly string[]> = ENUM_VALUES;

/** The fields of an input of the GraphQL schema by their names; undefined for other types. */
export function fieldsOfInput(type: string): Record<string, string> | undefined {
  return (INPUT_FIELDS as Record<string, Record<string, string>>)[bareType(type)];
}

/** @example bareType('[ID!]!') // 'ID' */
export const bareType = (type: string): string => type.replace(/[[\]!]/g, '');

/** A value of a GraphQL type, such as `[ID!]!`. */
export function soundValue(type: string): unknown {
  if (type.startsWith('[')) return [soundValue(type.replace(/^\[(.*)\]!?$/, '$1'))];
  const fields = fieldsOfInput(type);
  return fields ? soundArguments(fields) : (enums[bareType(type)]?.[0] ?? SOUND[bareType(type)]);
}

/** Values for the required arguments; `fields` are their types by name. */
export function soundArguments(fields: Record<string, string>): Record<string, unknown> {
  const required = Object.entries(fields).filter(([, type]) => type.endsWith('!'));
  return Object.fromEntries(required.map(([name, type]) => [name, soundValue(type)]));
}
