import {
  buildASTSchema,
  GraphQLError,
  type GraphQLSchema,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  validateSchema,
} from 'graphql';
import { GatewayConfigurationError } from '../gateway-error.ts';
import { APPSYNC_DEFINITIONS, APPSYNC_SCALARS } from './appsync-definitions.ts';
import { implementScalar } from './scalars.ts';

/**
 * The executable schema of an SDL with AppSync's scalars and directives.
 * @throws GatewayConfigurationError if AppSync would refuse it
 */
export function buildSchema(sdl: string): GraphQLSchema {
  const schema = build(sdl);
  const [problem] = validateSchema(schema);
  if (problem !== undefined) refuse(problem.message);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    if (!isAppSyncScalar(type.name)) refuse(`AppSync does not allow custom scalars: ${type.name}.`);
    implementScalar(type);
  }
  return schema;
}

function isAppSyncScalar(name: string): boolean {
  return (APPSYNC_SCALARS as readonly string[]).includes(name);
}

function refuse(problem: string): never {
  throw new GatewayConfigurationError(`The GraphQL schema is not valid: ${problem}`);
}

function build(sdl: string): GraphQLSchema {
  try {
    const own = parse(sdl);
    const given = parse(APPSYNC_DEFINITIONS);
    return buildASTSchema({ ...own, definitions: [...own.definitions, ...given.definitions] });
  } catch (error) {
    const where = error instanceof GraphQLError ? error.locations?.[0] : undefined;
    const line = where === undefined ? '' : ` at line ${where.line}, column ${where.column}`;
    throw new GatewayConfigurationError(
      `The GraphQL schema can't be read${line}: ${(error as Error).message}`,
    );
  }
}
