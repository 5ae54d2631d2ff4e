import {
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  getNullableType,
  isCompositeType,
  responsePathAsArray,
} from 'graphql';
import type { Identity } from '../auth/identity.ts';
import { pathText } from '../errors/error-entry.ts';
import { FieldError, notAuthorized } from '../errors/field-error.ts';
import type { ResolverContext, SideEffects } from '../resolvers/resolver-context.ts';
import type { RunResolver } from '../resolvers/run-resolver.ts';
import { type SelectionScope, selectionSetList, selectionSetText } from '../resolvers/selection.ts';
import type { MayAccess } from '../schema/access-rules.ts';

/** What the fields of one operation share. */
export interface OperationContext {
  identity: Identity;
  headers: Readonly<Record<string, string>>;
  scope: SelectionScope;
  rawVariables: Record<string, unknown>;
  /** False where a published value is delivered: what the mutation selected is all there is. */
  withResolvers: boolean;
  /** `util.appendError` of a field. */
  appended: { error: Error; info: GraphQLResolveInfo }[];
  /** Resolvers run so far. */
  resolversRun: number;
  setSubscriptionFilter?: (filter: unknown) => void;
}

export interface FieldResolverOptions {
  mayAccess: MayAccess;
  resolvers: ReadonlyMap<string, RunResolver>;
  environment: Readonly<Record<string, string>>;
  resolverCountLimit: number;
}

/** Resolves every field of the schema as AppSync does: access first, then its resolver or the parent's property. */
export function makeFieldResolver(
  options: FieldResolverOptions,
): GraphQLFieldResolver<unknown, OperationContext> {
  const { mayAccess, resolvers, environment, resolverCountLimit } = options;
  return async (source, args, context, info) => {
    const { fieldName } = info;
    const typeName = info.parentType.name;
    if (!mayAccess(context.identity, typeName, fieldName)) throw notAuthorized(typeName, fieldName);
    const run = context.withResolvers ? resolvers.get(`${typeName}.${fieldName}`) : undefined;
    if (run === undefined) return checked(property(source, fieldName), info);
    context.resolversRun++;
    if (context.resolversRun > resolverCountLimit) {
      throw new FieldError(`A request may run at most ${resolverCountLimit} resolvers.`, {
        errorType: 'ValidationError',
      });
    }
    const effects = sideEffects(context, info);
    return checked(await run(resolverContext({ source, args, context, info, environment }), effects), info);
  };
}

function property(source: unknown, name: string): unknown {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? (source as Record<string, unknown>)[name]
    : null;
}

// graphql-js takes anything for an object and finds its fields missing; AppSync says what is wrong.
function checked(value: unknown, info: GraphQLResolveInfo): unknown {
  const isObject = typeof value === 'object' || value === undefined;
  if (isObject || !isCompositeType(getNullableType(info.returnType))) return value;
  const path = pathText(responsePathAsArray(info.path));
  throw new FieldError(`Can't resolve value (${path}) : type mismatch error, expected type OBJECT`, {
    errorType: null,
  });
}

function sideEffects(context: OperationContext, info: GraphQLResolveInfo): SideEffects {
  const { setSubscriptionFilter } = context;
  return {
    appendError: error => void context.appended.push({ error, info }),
    ...(setSubscriptionFilter && { setSubscriptionFilter }),
  };
}

function resolverContext(field: {
  source: unknown;
  args: Record<string, unknown>;
  context: OperationContext;
  info: GraphQLResolveInfo;
  environment: Readonly<Record<string, string>>;
}): ResolverContext {
  const { source, args, context, info, environment } = field;
  return {
    arguments: args,
    args,
    identity: context.identity.shown,
    source: source ?? null,
    info: {
      fieldName: info.fieldName,
      parentTypeName: info.parentType.name,
      variables: context.rawVariables,
      selectionSetList: selectionSetList(info.fieldNodes, context.scope),
      selectionSetGraphQL: selectionSetText(info.fieldNodes),
    },
    request: { headers: context.headers, domainName: null },
    stash: {},
    env: environment,
    prev: null,
    result: null,
    error: null,
    outErrors: [],
  };
}
