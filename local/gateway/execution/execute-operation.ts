import {
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  responsePathAsArray,
} from 'graphql';
import { type ErrorEntry, operationError } from '../errors/error-entry.ts';
import { executionError } from '../errors/execution-errors.ts';
import { LIMITS } from '../limits.ts';
import type { OperationContext, RunningOperation } from './field-resolver.ts';
import { makeOperationWork } from './operation-work.ts';
import type { PreparedOperation } from './prepare-operation.ts';

export interface ExecutionAnswer {
  data: Record<string, unknown> | null;
  errors?: ErrorEntry[];
}

export interface ExecuteOptions {
  schema: GraphQLSchema;
  fieldResolver: GraphQLFieldResolver<unknown, RunningOperation>;
  log: (message: string, details: Record<string, unknown>) => void;
}

/**
 * An execution: with a root value for the delivery of a published value, and until `ended` for a
 * request with a time limit.
 */
export interface Execution {
  prepared: PreparedOperation;
  context: OperationContext;
  rootValue?: unknown;
  ended?: AbortSignal;
}

/** The answer instead of one that is over the limit. */
export const TOO_LARGE: ExecutionAnswer = {
  data: null,
  errors: [operationError(`The response is over ${LIMITS.responseBytes} bytes.`, null, 'ResponseTooLarge')],
};

/** Minimum bytes of an entry of `errors`, with its path, type and message. */
const BYTES_OF_AN_ERROR = 100;

/** Runs an operation; never rejects. */
export async function executeOperation(
  { prepared, context, rootValue = null, ended }: Execution,
  { schema, fieldResolver, log }: ExecuteOptions,
): Promise<ExecutionAnswer> {
  const work = makeOperationWork();
  ended?.addEventListener('abort', work.end, { once: true });
  const contextValue: RunningOperation = { ...context, work };
  const executed = execute({
    schema,
    document: prepared.document,
    operationName: prepared.operation.name?.value ?? null,
    variableValues: prepared.rawVariables,
    rootValue,
    contextValue,
    fieldResolver,
  });
  const result = await Promise.race([executed, work.ended]);
  ended?.removeEventListener('abort', work.end);
  if (!result) return TOO_LARGE;
  const { data = null, errors = [] } = result;
  if ((errors.length + context.appended.length) * BYTES_OF_AN_ERROR > LIMITS.responseBytes) return TOO_LARGE;
  const appended = context.appended.map(
    ({ error, info }) =>
      new GraphQLError(error.message, {
        nodes: info.fieldNodes,
        path: responsePathAsArray(info.path),
        originalError: error,
      }),
  );
  const entries = [...errors, ...appended].map(error =>
    executionError(error, schema, cause => log('A field failed', { error: String(cause) })),
  );
  return entries.length === 0 ? { data } : { data, errors: entries };
}
