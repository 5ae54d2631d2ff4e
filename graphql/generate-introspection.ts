import { buildSchema, introspectionFromSchema } from 'graphql';
import { GENERATED_HEADER } from './generated-header.ts';

/** The scalars that AppSync adds to every schema. */
const APPSYNC_SCALARS = ['AWSDateTime', 'AWSJSON'];

/** Fields of the introspection that have no effect on the types of operations. */
const LEFT_OUT = new Set([
  'description',
  'deprecationReason',
  'isDeprecated',
  'specifiedByURL',
  'isRepeatable',
  'isOneOf',
]);

/**
 * Generates the schema as a TypeScript type. gql.tada derives the types of the console's operations
 * from it.
 */
export function generateIntrospection(schema: string): string {
  const scalars = APPSYNC_SCALARS.map(name => `scalar ${name}`).join('\n');
  const built = buildSchema(`${scalars}\n${schema}`, { assumeValidSDL: true });
  const { __schema } = introspectionFromSchema(built, { descriptions: false });
  const types = __schema.types.filter(({ name }) => !name.startsWith('__'));
  // One line per type and field, so that a small change of the schema makes a small diff.
  const list = types.map(type => asType(type).replaceAll(',{"name":', ',\n  {"name":')).join(',\n');
  return `${GENERATED_HEADER}export type introspection = ${asType({
    __schema: { ...__schema, types: [], directives: [] },
  }).replace('"types":[]', () => `"types":[\n${list}\n]`)};\n`;
}

function asType(value: unknown): string {
  return JSON.stringify(value, (key, each) => (LEFT_OUT.has(key) ? undefined : each));
}
