import {
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  responsePathAsArray,
} from 'graphql';
import type { Identity } from '../auth/identity.ts';
import { pathText } from '../errors/error-entry.ts';
import { FieldError, notAuthorized } from '../errors/field-error.ts';
import type { ResolverContext, SideEffects } from '../resolvers/resolver-context.ts';
import type { RunResolver } from '../resolvers/run-resolver.ts';
import {
  type SelectionScope,
  selectedFields,
  selectionSetList,
  selectionSetText,
} from '../resolvers/selection.ts';
import type { MayAccess } from '../schema/access-rules.ts';
import type { OperationWork } from './operation-work.ts';

/** The context that the fields of an operation share. */
export interface OperationContext {
  identity: Identity;
  headers: Readonly<Record<string, string>>;
  scope: SelectionScope;
  rawVariables: Record<string, unknown>;
  /**
   * False for the delivery of a published value, which contains only the fields that the mutation
   * selected.
   */
  withResolvers: boolean;
  /** `util.appendError` of a field. */
  appended: { error: Error; info: GraphQLResolveInfo }[];
  /** Number of resolvers that have run. */
  resolversRun: number;
  setSubscriptionFilter?: (filter: unknown) => void;
}

/** An operation while it is executed. */
export interface RunningOperation extends OperationContext {
  work: OperationWork;
}

export interface FieldResolverOptions {
  mayAccess: MayAccess;
  resolvers: ReadonlyMap<string, RunResolver>;
  environment: Readonly<Record<string, string>>;
  resolverCountLimit: number;
}

/**
 * Resolves every field of the schema like AppSync: it checks access first, then uses the field's
 * resolver or the parent's property.
 */
export function makeFieldResolver(
  options: FieldResolverOptions,
): GraphQLFieldResolver<unknown, RunningOperation> {
  const { mayAccess, resolvers, environment, resolverCountLimit } = options;
  return async (source, args, context, info) => {
    const { fieldName } = info;
    const { work } = context;
    if (work.isEnded()) return NEVER;
    const typeName = info.parentType.name;
    if (!mayAccess(context.identity, typeName, fieldName)) throw notAuthorized(typeName, fieldName);
    const run = context.withResolvers ? resolvers.get(`${typeName}.${fieldName}`) : undefined;
    const answer = (value: unknown) => completed(checked(value, info), info, context);
    if (run === undefined) return answer(property(source, fieldName));
    context.resolversRun++;
    if (context.resolversRun > resolverCountLimit) {
      throw new FieldError(`A request may run at most ${resolverCountLimit} resolvers.`, {
        errorType: 'ValidationError',
      });
    }
    const effects = sideEffects(context, info);
    return answer(
      await work.runResolver(() =>
        run(resolverContext({ source, args, context, info, environment }), effects),
      ),
    );
  };
}

/** The value of fields of an operation that was aborted. */
const NEVER = new Promise<never>(() => {});

/**
 * Counts a value of the answer. The elements of a long list are completed in turns with other
 * requests.
 */
function completed(value: unknown, info: GraphQLResolveInfo, { scope, work }: RunningOperation): unknown {
  const composite = isCompositeType(getNamedType(info.returnType));
  const isList = Array.isArray(value) && isListType(getNullableType(info.returnType));
  work.add(String(info.path.key), composite ? null : value);
  if (work.isEnded()) return NEVER;
  if (!composite || !isList) return value;
  const fields = fieldsBelow(info, scope);
  if (work.pacer.mayRun(fields * value.length)) return value;
  return value.map(element => work.pacer.turn(fields).then(() => element));
}

// graphql-js passes the same array for the same place of an operation, for each element of a list.
const fieldCounts = new WeakMap<GraphQLResolveInfo['fieldNodes'], number>();

function fieldsBelow({ fieldNodes }: GraphQLResolveInfo, scope: SelectionScope): number {
  const known = fieldCounts.get(fieldNodes);
  if (known !== undefined) return known;
  const fields = fieldNodes.flatMap(({ selectionSet }) => selectedFields(selectionSet, scope)).length;
  fieldCounts.set(fieldNodes, fields);
  return fields;
}

function property(source: unknown, name: string): unknown {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? (source as Record<string, unknown>)[name]
    : null;
}

// graphql-js treats any value as an object with missing fields; AppSync reports a type mismatch.
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
  context: RunningOperation;
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
      ...selectionOf(info, context.scope),
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

type Selection = Pick<ResolverContext['info'], 'selectionSetList' | 'selectionSetGraphQL'>;

const selections = new WeakMap<GraphQLResolveInfo['fieldNodes'], Selection>();

function selectionOf({ fieldNodes }: GraphQLResolveInfo, scope: SelectionScope): Selection {
  const known = selections.get(fieldNodes);
  if (known) return known;
  const selection = {
    selectionSetList: selectionSetList(fieldNodes, scope),
    selectionSetGraphQL: selectionSetText(fieldNodes),
  };
  selections.set(fieldNodes, selection);
  return selection;
}
