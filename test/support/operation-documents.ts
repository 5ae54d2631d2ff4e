import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { APPSYNC_DEFINITIONS } from '../../local/gateway/schema/appsync-definitions.ts';
import { projectFile } from './project-files.ts';

/** The GraphQL schema as it is deployed. */
export const SDL = readFileSync(projectFile('graphql/schema.graphql'), 'utf8');

const schema = buildSchema(SDL + APPSYNC_DEFINITIONS);

const SCALARS: Record<string, string> = {
  Int: '1',
  Float: '1',
  Boolean: 'true',
  AWSDateTime: '"2026-01-31T12:00:00Z"',
  AWSJSON: '"{}"',
};

/**
 * Every query and mutation of the schema, such as `Query.site`, with a request that has made-up
 * values for required arguments.
 */
export const OPERATIONS = [schema.getQueryType()!, schema.getMutationType()!].flatMap(type =>
  Object.values(type.getFields()).map(field => ({
    name: `${type.name}.${field.name}`,
    document: documentOf(type.name, field),
  })),
);

interface Operation {
  name: string;
  args: readonly GraphQLArgument[];
  type: GraphQLOutputType;
}

/** A request for one operation with made-up values for required arguments. */
function documentOf(typeName: string, { name, args, type }: Operation): string {
  const given = args.filter(isRequiredArgument).map(arg => `${arg.name}: ${literalOf(arg.type)}`);
  const selection = isLeafType(getNamedType(type)) ? '' : '{ __typename }';
  return `${typeName.toLowerCase()} { ${name}${given.length > 0 ? `(${given.join(', ')})` : ''} ${selection} }`;
}

function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return `[${literalOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map(field => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`;
  }
  return SCALARS[type.name] ?? '"x"';
}
