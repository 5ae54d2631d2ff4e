import { type GraphQLSchema, getArgumentValues } from 'graphql';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Identity } from '../auth/identity.ts';
import { NO_VALID_HEADER, UnauthorizedCredentials } from '../auth/unauthorized.ts';
import { FieldError, UNAUTHORIZED } from '../errors/field-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import { type ExecuteOptions, executeOperation } from '../execution/execute-operation.ts';
import type { OperationContext } from '../execution/field-resolver.ts';
import { parseRequest } from '../execution/parse-request.ts';
import type { PreparedOperation, PrepareOperation } from '../execution/prepare-operation.ts';
import { selectedFields } from '../resolvers/selection.ts';
import { matchesArguments } from './argument-filter.ts';
import { lowerCase, signedAs } from './connect-request.ts';
import { OperationRefused } from './messages.ts';
import { filterProblem, matchesFilter, type SubscriptionFilter } from './subscription-filter.ts';

/** An active subscription. */
export interface Subscription {
  /** Field of Subscription. */
  field: string;
  identity: Identity;
  /**
   * The payload of a published value for this subscriber; undefined if the arguments don't match,
   * or if the subscriber may not see it.
   */
  payloadFor(value: unknown): Promise<unknown | undefined>;
}

export interface SubscriptionStarter {
  path: string;
  authenticate: Authenticate;
  prepare: PrepareOperation;
  execution: ExecuteOptions;
}

/** Starts the subscription of a `start` message. @throws OperationRefused */
export async function startSubscription(
  payload: unknown,
  sourceIp: string[],
  starter: SubscriptionStarter,
): Promise<Subscription> {
  const { data, headers } = readPayload(payload);
  const identity = await refusing(() =>
    starter.authenticate(signedAs(starter.path, headers, data), sourceIp),
  );
  const prepared = await refusing(async () => starter.prepare(parseRequest(data)));
  if ('errors' in prepared) {
    throw new OperationRefused(
      ...prepared.errors.map(({ errorType, message }) => ({ errorType: errorType!, message })),
    );
  }
  const { operation } = prepared.operation;
  if (operation !== 'subscription') {
    throw new OperationRefused({
      errorType: 'UnsupportedOperation',
      message: `${operation} not supported through the realtime channel`,
    });
  }
  return subscription(prepared, { identity, headers }, starter);
}

async function subscription(
  prepared: PreparedOperation,
  { identity, headers }: { identity: Identity; headers: Record<string, string> },
  { execution }: SubscriptionStarter,
): Promise<Subscription> {
  const context = (withResolvers: boolean): OperationContext => ({
    identity,
    headers,
    scope: prepared.scope,
    rawVariables: prepared.rawVariables,
    withResolvers,
    appended: [],
    resolversRun: 0,
  });
  const { field, alias, args } = rootField(prepared, execution.schema);
  const filter = await open(prepared, context(true), execution);
  return {
    field,
    identity,
    async payloadFor(value) {
      // A filter that the resolver sets replaces the arguments.
      if (filter ? !matchesFilter(value, filter) : !matchesArguments(value, args)) return undefined;
      const answer = await executeOperation(
        { prepared, context: context(false), rootValue: { [field]: value } },
        execution,
      );
      const hidden = (answer.errors ?? []).some(({ errorType }) => errorType === UNAUTHORIZED);
      return hidden || answer.data?.[alias] === undefined ? undefined : answer;
    },
  };
}

// Runs the field once without a value. This checks access and runs the field's resolver, if there
// is one.
async function open(
  prepared: PreparedOperation,
  context: OperationContext,
  execution: ExecuteOptions,
): Promise<SubscriptionFilter | undefined> {
  let filter: SubscriptionFilter | undefined;
  context.setSubscriptionFilter = given => {
    const problem = filterProblem(given);
    if (problem !== undefined) throw new FieldError(problem, { errorType: 'UnsupportedOperation' });
    filter = JSON.parse(JSON.stringify(given)) as SubscriptionFilter;
  };
  const { errors = [] } = await executeOperation({ prepared, context }, execution);
  const refused = errors.filter(({ errorType }) => errorType !== null);
  if (refused.length > 0) {
    throw new OperationRefused(
      ...refused.map(({ errorType, message }) => ({ errorType: errorType!, message })),
    );
  }
  return filter;
}

const NO_FIELD =
  'The subscription selects no field: @skip or @include leaves it out. Start it without them, or not at all.';

function rootField({ operation, scope }: PreparedOperation, schema: GraphQLSchema) {
  const [node] = selectedFields(operation.selectionSet, scope);
  if (!node) throw new OperationRefused({ errorType: 'ValidationError', message: NO_FIELD });
  const field = node.name.value;
  const definition = schema.getSubscriptionType()!.getFields()[field];
  const args = definition === undefined ? {} : getArgumentValues(definition, node, scope.variables);
  return { field, alias: node.alias?.value ?? field, args };
}

function readPayload(payload: unknown): { data: string; headers: Record<string, string> } {
  const { data, extensions } = (payload ?? {}) as {
    data?: unknown;
    extensions?: { authorization?: unknown };
  };
  const headers = lowerCase(extensions?.authorization);
  if (typeof data !== 'string') {
    throw new OperationRefused({
      errorType: 'UnsupportedOperation',
      message: 'unknown not supported through the realtime channel',
    });
  }
  if (headers === null) {
    throw new OperationRefused({ errorType: 'UnauthorizedException', message: NO_VALID_HEADER });
  }
  return { data, headers };
}

async function refusing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UnauthorizedCredentials) {
      throw new OperationRefused({ errorType: error.errorType, message: error.message });
    }
    if (error instanceof TransportError) {
      throw new OperationRefused({ errorType: error.errorType, message: error.message });
    }
    throw error;
  }
}
