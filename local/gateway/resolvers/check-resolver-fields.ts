import { type GraphQLSchema, isObjectType } from 'graphql';
import { GatewayConfigurationError } from '../gateway-error.ts';
import type { ResolverDefinition } from '../gateway-options.ts';

/** @throws GatewayConfigurationError if a resolver's field is not in the schema */
export function checkResolverFields(schema: GraphQLSchema, resolvers: readonly ResolverDefinition[]): void {
  for (const { typeName, fieldName } of resolvers) {
    const type = schema.getType(typeName);
    if (isObjectType(type) && type.getFields()[fieldName] !== undefined) continue;
    throw new GatewayConfigurationError(
      `There is a resolver for ${typeName}.${fieldName}, but no such field in the schema`,
    );
  }
}
