import type { GraphQLSchema } from 'graphql';
import { GatewayConfigurationError } from '../gateway-error.ts';
import { appliedDirectives } from '../schema/applied-directives.ts';

/** By field of Mutation: the fields of Subscription that `@aws_subscribe` links to it. */
export type SubscriptionLinks = ReadonlyMap<string, readonly string[]>;

/**
 * @throws GatewayConfigurationError if a subscription names a mutation that does not exist or has
 * another type
 */
export function readSubscriptionLinks(schema: GraphQLSchema): SubscriptionLinks {
  const links = new Map<string, string[]>();
  const mutations = schema.getMutationType()?.getFields() ?? {};
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const named = appliedDirectives(field.astNode)
      .filter(({ name }) => name === 'aws_subscribe')
      .flatMap(({ arguments: { mutations: names } }) =>
        Array.isArray(names) ? names.map(String) : [String(names)],
      );
    for (const name of named) {
      if (withoutNull(mutations[name]?.type) !== withoutNull(field.type)) {
        throw new GatewayConfigurationError(
          `Subscription.${field.name} needs a mutation ${name} of its own type: ${withoutNull(field.type)}`,
        );
      }
      links.set(name, [...(links.get(name) ?? []), field.name]);
    }
  }
  return links;
}

function withoutNull(type: unknown): string {
  return String(type).replace(/!$/, '');
}
