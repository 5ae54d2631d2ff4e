import {
  buildASTSchema,
  GraphQLError,
  type GraphQLSchema,
  isScalarType,
  parse,
  validateSchema,
} from 'graphql';
import { GatewayConfigurationError } from '../gateway-error.ts';
import { APPSYNC_DEFINITIONS } from './appsync-definitions.ts';
import { implementScalar } from './scalars.ts';

/**
 * The executable schema of an SDL with AppSync's scalars and directives.
 * @throws GatewayConfigurationError when AppSync would not take it.
 */
export function buildSchema(sdl: string): GraphQLSchema {
  const schema = build(sdl);
  const [problem] = validateSchema(schema);
  if (problem !== undefined)
    throw new GatewayConfigurationError(`The GraphQL schema is not valid: ${problem.message}`);
  for (const type of Object.values(schema.getTypeMap())) if (isScalarType(type)) implementScalar(type);
  return schema;
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
